<?php
// Operations on OPcache that read at length. They need opcache.php and memory.php.

function do_opcache_configuration($arguments)
{
    return opcache_call('opcache_get_configuration');
}

/** Streams the cached scripts, each as "hits memory last-used timestamp length path", and returns the status without them. */
function do_opcache_scripts($arguments)
{
    $exclude = isset($arguments['exclude']) ? $arguments['exclude'] : '';
    $pattern = "\1$exclude\1"; // a delimiter that no expression holds
    if ($exclude !== '' && @preg_match($pattern, '') === false) {
        $notes = note(0);
        refuse('usage', $notes ? $notes[count($notes) - 1][1] : 'preg_match() failed');
    }
    $status = opcache_call('opcache_get_status', false);
    if (isset($status['opcache_statistics'])) {
        make_room($status['opcache_statistics']['num_cached_scripts']);
    }
    may('putenv', 'TZ=UTC'); // or PHP looks at /etc/localtime once a script
    $status = opcache_call('opcache_get_status', true);
    $rows = '';
    foreach (isset($status['scripts']) ? $status['scripts'] : array() as $path => $script) {
        if ($exclude !== '' && preg_match($pattern, $path)) {
            continue;
        }
        $rows .= $script['hits'] . ' ' . $script['memory_consumption'] . ' ' . $script['last_used_timestamp'] . ' '
            . (isset($script['timestamp']) ? $script['timestamp'] : -1) . ' ' . strlen($path) . ' ' . $path . "\n";
        if (strlen($rows) > 60000) {
            chunk('S', $rows);
            $rows = '';
        }
    }
    chunk('S', $rows);
    $listed = isset($status['scripts']);
    unset($status['scripts'], $status['preload_statistics']);
    return $status + array('listed' => $listed);
}
