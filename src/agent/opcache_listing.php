<?php
// Operations on OPcache that read at length. They need opcache.php, pattern.php, memory.php and opcache_cached.php.

function do_opcache_configuration($arguments)
{
    return opcache_call('opcache_get_configuration');
}

/**
 * Streams cached scripts, each as "hits memory last-used timestamp length path", and returns the status without them.
 * In PHP's order, or sorted: by path, or by the largest hits, memory or last-used.
 */
function do_opcache_scripts($arguments)
{
    $exclude = isset($arguments['exclude']) ? $arguments['exclude'] : '';
    $exclude = $exclude === '' ? '' : usable_pattern(delimited($exclude), $exclude);
    $status = status_with_scripts();
    $scripts = isset($status['scripts']) ? $status['scripts'] : array();
    $listed = isset($status['scripts']);
    unset($status['scripts'], $status['preload_statistics']);
    $paths = array_keys($scripts);
    if ($exclude !== '') {
        $paths = array_filter($paths, function ($path) use ($exclude) {
            return !matches($exclude, $path);
        });
    }
    if (isset($arguments['sort'])) {
        $paths = sorted($paths, $scripts, $arguments['sort']);
    }
    if (isset($arguments['limit'])) {
        $paths = array_slice($paths, 0, $arguments['limit']);
    }
    $rows = '';
    foreach ($paths as $path) {
        $script = $scripts[$path];
        $rows .= $script['hits'] . ' ' . $script['memory_consumption'] . ' ' . $script['last_used_timestamp'] . ' '
            . (isset($script['timestamp']) ? $script['timestamp'] : -1) . ' ' . strlen($path) . ' ' . $path . "\n";
        if (strlen($rows) > 60000) {
            chunk('S', $rows);
            $rows = '';
        }
    }
    chunk('S', $rows);
    return $status + array('listed' => $listed);
}

/** Equal ones by path, which PHP 7 does not promise. */
function sorted($paths, $scripts, $by)
{
    sort($paths, SORT_STRING);
    if ($by === 'path') {
        return $paths;
    }
    $columns = array('hits' => 'hits', 'memory' => 'memory_consumption', 'last-used' => 'last_used_timestamp');
    $values = array();
    foreach ($paths as $path) {
        $values[$path] = $scripts[$path][$columns[$by]];
    }
    arsort($values);
    return array_keys($values);
}
