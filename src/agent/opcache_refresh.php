<?php
// The operation that brings cached scripts up to date. It needs opcache.php, pattern.php, opcache_compile.php,
// opcache_forget.php, files.php and look.php.

/**
 * Invalidates and compiles files one by one, and streams what became of each in turn: serialize(array(outcome, why,
 * warnings, what it looked like)). One that is gone is only invalidated. Does some of them, see file_by_file(). With "live"
 * off nobody asks for these files yet, and nothing is waited for. With a "reserve", array(bytes, keys), that much of the
 * cache stays free: what does not fit is "no_room".
 */
function do_opcache_refresh($arguments)
{
    if (!function_exists('opcache_invalidate')) {
        refuse('disabled', 'opcache_invalidate');
    }
    $status = status_to_compile($arguments);
    if ($status['enabled']) {
        clearstatcache(true); // or a directory that is a link by now would be what it was, in some workers
        set('opcache.file_update_protection', '0'); // or what was written a moment ago is not cached
        set('opcache.revalidate_freq', '0');
        set('log_errors', '0'); // what goes wrong is told to who asked
        $status['live'] = !isset($arguments['live']) || $arguments['live'];
        $reserve = isset($arguments['reserve']) ? $arguments['reserve'] : null;
        $status = file_by_file($arguments['paths'], $arguments, function ($i, $path, &$said) use ($status, $reserve) {
            $short = $reserve ? short_of($path, $reserve) : null;
            return $short ? array('no_room', $short . ' is used up', '') : refresh($path, $status, $said);
        }) + $status;
    }
    return $status;
}

/** Once more if the file is changed meanwhile. */
function refresh($path, $status, &$said)
{
    for ($again = 0;; ++$again) {
        $file = file_of($path);
        clearstatcache(true, $file);
        $stat = script_stat($path);
        $elsewhere = $stat && realpath($file) !== $file;
        $how = null;
        if ($stat && !$elsewhere) {
            $how = $status['live'] ? how_at_a_quiet_moment($path, $status, look($stat)) : how($path, $status);
        }
        $reached = !$elsewhere && opcache_invalidate($path, true);
        if (!$stat) {
            return array(forget($path) ? 'gone' : 'kept', '', '');
        }
        if (!$reached && $file !== $path && !forget($path)) {
            return array('failed', 'this PHP keeps what it has cached of a phar until a reset', '');
        }
        if ($elsewhere && !forget($path)) {
            return array('failed', 'its name leads to another file now, and PHP keeps the old script until a reset', '');
        }
        // So that PHP keeps the file's timestamp with the script, and from 8.4 on the time too, by which a later refresh
        // knows what this one did. A young file may change again, and the timestamp alone would not tell.
        // But without it a pool that looks at timestamps would never look at this script again.
        $lasts = $status['validates'] || PHP_VERSION_ID >= 80400 || max($stat['mtime'], $stat['ctime']) < time() - 10;
        set('opcache.validate_timestamps', $lasts ? '1' : '0');
        $row = compile($path, $status, $said, $how);
        $overtaken = $row[0] === 'kept'; // by a visitor, who may have begun before the file was changed
        if ($row[0] === 'not_cached' && $file !== $path) {
            $row = array('left', ''); // some phars tell no times, and PHP keeps nothing of such by its own rules
        }
        clearstatcache(true, $file);
        $now = script_stat($path);
        if ($again === 1 || (!$overtaken && $now && look($now) === look($stat))) {
            return array($overtaken ? 'cached' : $row[0], $row[1], look($stat));
        }
    }
}
