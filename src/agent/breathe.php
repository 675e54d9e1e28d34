<?php

/** Leaves the processor to others for 10 ms, if this request has worked for as long since it did so. */
function breathe()
{
    static $since = null;
    $now = microtime(true);
    $since = $since === null ? $now : $since;
    if ($now - $since > 0.01) {
        may('usleep', 10000);
        $since = microtime(true);
    }
}
