<?php
// Operations that look at the releases of a site. They need opcache.php, memory.php, opcache_cached.php and
// pools.php.

/**
 * Tells where CURRENT leads, which other links there are beside it, beside the release that it leads to and beside two
 * directories above that, which directories beside that release have cached scripts, and which pools this master has.
 * Such a directory is "shared", and no release, if none of its scripts has a counterpart in the release or a name below
 * CURRENT: storage/ beside blue/ and green/.
 */
function do_deploy_look($arguments)
{
    // The link may have been switched a moment ago. What lies below it this worker goes on finding where it did: a request
    // that begins in it now is to find what its first script includes there, too.
    $current = $arguments['current'];
    clearstatcache(true, $current);
    $live = is_dir($current) ? realpath($current) : false;
    clearstatcache(true, $current); // what this worker remembers of it tells whether it serves the site
    $result = array('live' => $live, 'links' => array(), 'releases' => array(), 'pools' => pools());
    if ($live === false) {
        return $result;
    }
    $beside = dirname($live);
    $around = array(dirname($current), $beside, dirname($beside), dirname(dirname($beside)));
    foreach (array_unique($around) as $directory) {
        foreach (may('scandir', $directory) ?: array() as $name) {
            $link = rtrim($directory, '/') . "/$name";
            clearstatcache(true, $link);
            if ($link !== $current && is_link($link)) {
                $result['links'][$link] = realpath($link);
                clearstatcache(true, $link);
            }
        }
    }
    if (!function_exists('opcache_get_status')) {
        return array('enabled' => true, 'blind' => 'opcache_get_status') + $result;
    }
    $status = opcache_call('opcache_get_status', false);
    $result['enabled'] = !empty($status['opcache_enabled']);
    $result['restart_pending'] = !empty($status['restart_pending']) || is_restarting($status);
    $result['full'] = !empty($status['cache_full']);
    $result['free'] = isset($status['memory_usage']) ? $status['memory_usage']['free_memory'] : 0;
    $preloaded = isset($status['preload_statistics']['scripts']) ? $status['preload_statistics']['scripts'] : array();
    $result['preloaded'] = array_values(array_filter($preloaded, function ($path) use ($beside, $live) {
        return strncmp($path, "$beside/", strlen($beside) + 1) === 0 && strncmp($path, "$live/", strlen($live) + 1) !== 0;
    }));
    if (!$result['enabled']) {
        return $result;
    }
    $status = status_with_scripts();
    set('opcache.validate_timestamps', '0'); // or opcache_is_script_cached() looks at the files
    $beside = rtrim($beside, '/') . '/';
    $alike = array($live => true);
    foreach (isset($status['scripts']) ? $status['scripts'] : array() as $path => $script) {
        $end = strncmp($path, $beside, strlen($beside)) === 0 ? strpos($path, '/', strlen($beside)) : false;
        if ($end !== false) {
            $release = substr($path, 0, $end);
            $result['releases'] += array($release => 0); // also where all of it was invalidated
            $name = substr($path, $end);
            if (!isset($alike[$release]) && (opcache_is_script_cached($current . $name) || may('file_exists', $live . $name))) {
                $alike[$release] = true;
            }
            $valid = may('opcache_is_script_cached', $path) !== false;
            $result['releases'][$release] += (int) $valid;
            // Symfony's: it includes the script that the request began with a second time, by its name.
            $result['includes_twice'] = !empty($result['includes_twice'])
                || $valid && substr($path, -28) === '/vendor/autoload_runtime.php';
        }
    }
    $result['shared'] = array_keys(array_diff_key($result['releases'], $alike));
    return $result;
}

/**
 * Streams the cached scripts x of the old releases for which OPcache knows CURRENT/x as well, each as "memory length path".
 * Such a name is a key of its own, which leads to the script that it was first compiled to.
 */
function do_deploy_aliases($arguments)
{
    $status = status_with_scripts();
    must_set('opcache.validate_timestamps', '0'); // or opcache_is_script_cached() looks at the files
    $rows = '';
    foreach (isset($status['scripts']) ? $status['scripts'] : array() as $path => $script) {
        foreach ($arguments['old'] as $old) {
            if (strncmp($path, "$old/", strlen($old) + 1) !== 0) {
                continue;
            }
            if (opcache_is_script_cached($arguments['current'] . substr($path, strlen($old)))) {
                $rows .= $script['memory_consumption'] . ' ' . strlen($path) . ' ' . $path . "\n";
            }
        }
        if (strlen($rows) > 60000) {
            chunk('S', $rows);
            $rows = '';
        }
    }
    chunk('S', $rows);
    return array('listed' => isset($status['scripts'])) + array_diff_key($status, array('scripts' => 1));
}

/** Streams the cached scripts of some releases, each as "hits length path": how often requests have asked for it. */
function do_deploy_hits($arguments)
{
    $status = status_with_scripts();
    $rows = '';
    foreach (isset($status['scripts']) ? $status['scripts'] : array() as $path => $script) {
        foreach ($arguments['old'] as $old) {
            if (strncmp($path, "$old/", strlen($old) + 1) === 0) {
                $rows .= $script['hits'] . ' ' . strlen($path) . ' ' . $path . "\n";
            }
        }
        if (strlen($rows) > 60000) {
            chunk('S', $rows);
            $rows = '';
        }
    }
    chunk('S', $rows);
    return true;
}
