<?php
// The operation that takes scripts out of OPcache. It needs opcache.php, pattern.php, memory.php, files.php
// and opcache_cached.php.

/**
 * Invalidates the cached scripts that match a pattern, or those in a directory, or just names them. Streams each in
 * turn as "returned valid length path": what opcache_invalidate() returned, and whether PHP still uses the entry.
 */
function do_opcache_invalidate($arguments)
{
    $matches = isset($arguments['directory'])
        ? below($arguments['directory'])
        : below_pattern($arguments['pattern']);
    if (!function_exists('opcache_invalidate')) {
        refuse('disabled', 'opcache_invalidate');
    }
    $status = status_with_scripts();
    $listed = isset($status['scripts']);
    $paths = array_filter(array_keys($listed ? $status['scripts'] : array()), $matches);
    unset($status['scripts']);
    sort($paths, SORT_STRING);
    set('opcache.revalidate_freq', '0'); // or PHP looks at most every two seconds whether a file has changed
    $rows = '';
    foreach ($paths as $path) {
        $returned = !$arguments['dry_run'] && opcache_invalidate($path, $arguments['force']);
        $valid = (bool) may('opcache_is_script_cached', $path);
        $rows .= (int) $returned . ' ' . (int) $valid . ' ' . strlen($path) . ' ' . $path . "\n";
        if (strlen($rows) > 60000) {
            chunk('S', $rows);
            $rows = '';
        }
    }
    chunk('S', $rows);
    $preloaded = isset($status['preload_statistics']['scripts']) ? $status['preload_statistics']['scripts'] : array();
    unset($status['preload_statistics']);
    return $status + array('listed' => $listed, 'frozen' => frozen_file_cache(), 'preloaded' => count(array_intersect($preloaded, $paths)));
}

function below_pattern($pattern)
{
    $pcre = usable_pattern(delimited($pattern), $pattern);
    return function ($path) use ($pcre) {
        return matches($pcre, $path);
    };
}

/** Accepts a directory's scripts, and the directory by its real name too: OPcache knows scripts by theirs. */
function below($directory)
{
    clearstatcache(true, $directory); // it may be a link that was switched a moment ago
    $names = array(rtrim($directory, '/'), rtrim((string) realpath($directory), '/'));
    return function ($script) use ($names) {
        $path = path_of($script);
        foreach ($names as $i => $name) {
            if (($name !== '' || $i === 0) && ($path === $name || strncmp($path, "$name/", strlen($name) + 1) === 0)) {
                return true;
            }
        }
        return false;
    };
}
