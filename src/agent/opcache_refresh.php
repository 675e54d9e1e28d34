<?php
// The operation that brings cached scripts up to date. It needs opcache.php, pattern.php, opcache_compile.php,
// opcache_forget.php and look.php.

/**
 * Invalidates and compiles files one by one, and streams what became of each in turn: serialize(array(outcome, why,
 * warnings, what it looked like)). One that is gone is only invalidated. Does some of them, see file_by_file().
 */
function do_opcache_refresh($arguments)
{
    if (!function_exists('opcache_invalidate')) {
        refuse('disabled', 'opcache_invalidate');
    }
    $status = status_to_compile($arguments) + array('validates' => ini_get('opcache.validate_timestamps'));
    if ($status['enabled']) {
        clearstatcache(true); // or a directory that is a link by now would be what it was, in some workers
        may('ini_set', 'opcache.file_update_protection', '0'); // or what was written a moment ago is not cached
        may('ini_set', 'opcache.revalidate_freq', '0');
        file_by_file($arguments['paths'], $arguments['pause'], function ($i, $path, &$said) use ($status) {
            return refresh($path, $status, $said);
        });
    }
    return $status;
}

/** Once more if the file is changed meanwhile. */
function refresh($path, $status, &$said)
{
    for ($again = 0;; ++$again) {
        clearstatcache(true, $path);
        $stat = file_exists($path) ? stat($path) : false;
        $elsewhere = $stat && realpath($path) !== $path;
        $plain = $stat && !$elsewhere && is_plain_at_a_quiet_moment($path, $status, look($stat));
        if (!$elsewhere) {
            opcache_invalidate($path, true);
        }
        if (!$stat) {
            return array(forget($path) ? 'gone' : 'kept', '', '');
        }
        if ($elsewhere && !forget($path)) {
            return array('failed', 'its name leads to another file now, and PHP keeps the old script until a reset', '');
        }
        // So that PHP keeps the file's timestamp with the script, and from 8.4 on the time too, by which a later refresh
        // knows what this one did. A young file may change again, and the timestamp alone would not tell.
        // But without it a pool that looks at timestamps would never look at this script again.
        $lasts = $status['validates'] || PHP_VERSION_ID >= 80400 || max($stat['mtime'], $stat['ctime']) < time() - 10;
        may('ini_set', 'opcache.validate_timestamps', $lasts ? '1' : '0');
        $row = compile($path, $status, $said, $plain);
        $overtaken = $row[0] === 'kept'; // by a visitor, who may have begun before the file was changed
        clearstatcache(true, $path);
        $now = file_exists($path) ? stat($path) : false;
        if ($again === 1 || (!$overtaken && $now && look($now) === look($stat))) {
            return array($overtaken ? 'cached' : $row[0], $row[1], look($stat));
        }
    }
}
