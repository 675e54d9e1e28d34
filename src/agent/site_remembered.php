<?php
// What a worker remembers of links. Kept small: it is sent to each of them.

/**
 * The directories that this worker found by another name than their own, also where it would look again by now: name =>
 * the real one. What lies below such a directory is left out.
 */
function do_site_remembered($arguments)
{
    $known = realpath_cache_get();
    $links = array();
    foreach ($known as $path => $entry) {
        $above = dirname($path);
        $above = isset($known[$above]) ? $known[$above]['realpath'] : $above;
        $is_link = $entry['is_dir'] && rtrim($above, '/') . '/' . basename($path) !== $entry['realpath'];
        if ($is_link && count($links) < 1000) {
            $links[$path] = $entry['realpath'];
        }
    }
    return $links;
}
