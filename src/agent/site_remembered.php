<?php
// What a worker remembers of links. Kept small: it is sent to each of them.

/**
 * The directories that this worker found by another name than their own: name => the real one. Empty where it would look
 * again by now: then the name tells of a link, and nothing is served because of it. What lies below such a directory is left
 * out. Under "cut" it says of what there is more than it tells.
 */
function do_site_remembered($arguments)
{
    $most = 1000;
    $cut = array();
    $known = realpath_cache_get();
    $links = array();
    $past = array();
    foreach ($known as $path => $entry) {
        $above = dirname($path);
        $above = isset($known[$above]) ? $known[$above]['realpath'] : $above;
        $is_link = $entry['is_dir'] && rtrim($above, '/') . '/' . basename($path) !== $entry['realpath'];
        if ($is_link && count($links) === $most) {
            $cut = array('cut' => "$most links");
        } elseif ($is_link) {
            $links[$path] = $entry['realpath'];
            $past += is_believed($entry) ? array() : array($path => '');
        }
    }
    foreach ($past ? $known : array() as $path => $entry) {
        // What lies below was looked for later, and is believed for longer.
        for ($above = dirname($path); is_believed($entry) && strlen($above) > 1; $above = dirname($above)) {
            unset($past[$above]);
        }
    }
    return $cut + $past + $links;
}

/** Whether PHP goes by an entry. With realpath_cache_ttl=0 it does so for ever. */
function is_believed($entry)
{
    return $entry['expires'] < 0 || $entry['expires'] >= time();
}
