<?php

/** Raises memory_limit, where that is allowed, for a list that needs about a kilobyte an entry inside PHP. */
function make_room($entries)
{
    $needed = 32 + (int) ($entries / 1000);
    $limit = may('ini_get', 'memory_limit');
    if (!is_string($limit)) {
        return; // which may be none
    }
    $units = array('k' => 1 / 1024, 'm' => 1, 'g' => 1024);
    $unit = strtolower(substr($limit, -1));
    $megabytes = (int) $limit * (isset($units[$unit]) ? $units[$unit] : 1 / 1048576);
    if ($megabytes >= 0 && $megabytes < $needed) {
        set('memory_limit', $needed . 'M');
    }
}
