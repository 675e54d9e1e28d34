<?php
// The operation that forgets cached scripts for good. It needs opcache.php, pattern.php, files.php,
// opcache_compile.php and opcache_forget.php.

/**
 * Invalidates scripts, and streams what became of each in turn: serialize(array(outcome, why, warnings)). The arguments
 * names hold, for each path, names that may lead to it too. Outcomes: "gone", the cache has it no more; "kept", PHP cannot
 * forget it; "served", one of these names leads to it, and it was left as it is; "failed".
 */
function do_opcache_prune($arguments)
{
    if (!function_exists('opcache_invalidate')) {
        refuse('disabled', 'opcache_invalidate');
    }
    $status = status_to_compile($arguments);
    if ($status['enabled']) {
        clearstatcache(true);
        set('opcache.file_update_protection', '0'); // should one have to be compiled again
        must_set('opcache.validate_timestamps', '0'); // or opcache_is_script_cached() looks at the files
        file_by_file($arguments['paths'], $arguments, function ($i, $path, &$said) use ($arguments, $status) {
            return prune($path, $arguments['names'][$i], $status, $said);
        });
    }
    return $status;
}

/** Which script a name leads to, nobody tells. But a name that dies with the script led to it. */
function prune($path, $names, $status, &$said)
{
    $file = file_of($path);
    $real = realpath($file);
    if ($real !== false && $real !== $file) {
        return array('failed', 'its name leads to another file now, and PHP keeps the old script until a reset');
    }
    $names = array_filter($names, function ($name) {
        return may('opcache_is_script_cached', $name);
    });
    if ($names && $real === false) {
        return array('served', reset($names)); // perhaps: it could not be compiled again
    }
    opcache_invalidate($path, true);
    if (!forget($path)) {
        return array('kept', '');
    }
    foreach ($names as $name) {
        if (!opcache_is_script_cached($name)) {
            compile_as_the_pool($path, $status, $said);
            return array('served', $name);
        }
    }
    return array('gone', '');
}
