<?php
// The operation that leads names of CURRENT to the release that is live now. It needs opcache.php, pattern.php,
// opcache_compile.php, opcache_forget.php, files.php and look.php.

/**
 * For each script of an old release: has CURRENT/x lead to the live release's x, and streams what became of it:
 * serialize(array(outcome, why, warnings)). Outcomes: "elsewhere", it does not lead to the old script; "moved"; "gone", the
 * live release has no such file; "again", others were compiling it at the same time; and those of compile().
 *
 * OPcache's key for CURRENT/x goes on leading to the old script even when that is invalid, and nothing changes it but a
 * compilation by that very name which finds neither script valid (php-src ext/opcache/ZendAccelerator.c,
 * cache_script_in_shared_memory()). The other scripts of the old release stay valid, for requests that still run.
 */
function do_deploy_move($arguments)
{
    if (!function_exists('opcache_invalidate')) {
        refuse('disabled', 'opcache_invalidate');
    }
    clearstatcache(true);
    $status = status_to_compile($arguments);
    if ($status['enabled']) {
        set('log_errors', '0'); // what goes wrong is told to who asked
        set('opcache.file_update_protection', '0'); // or what was written a moment ago is not cached
        must_set('opcache.validate_timestamps', '0'); // or opcache_is_script_cached() looks at the files
        $status = file_by_file($arguments['paths'], $arguments, function ($i, $old, &$said) use ($arguments, $status) {
            $name = substr($old, strlen($arguments['old'][$i]));
            return move($old, $arguments['current'] . $name, $arguments['live_release'] . $name, $status, $said);
        }) + $status;
    }
    return $status;
}

/**
 * Invalidates scripts, if OPcache does not keep them again: PHP keeps no file that is younger than
 * opcache.file_update_protection. Whether it does not keep these, and the files beside them that are given.
 */
function do_deploy_hold($arguments)
{
    clearstatcache();
    foreach (array_merge($arguments['paths'], $arguments['files']) as $path) {
        if (is_file($path) && (may('ini_get', 'opcache.file_update_protection') < 1 || filemtime($path) < time() + 2)) {
            return false;
        }
    }
    foreach ($arguments['paths'] as $path) {
        opcache_invalidate($path, true);
    }
    return true;
}

function move($old, $alias, $live, $status, &$said)
{
    if (leads_elsewhere($alias, $old)) {
        return array('elsewhere', '');
    }
    $how = file_exists($live) ? how_at_a_quiet_moment($live, $status, look(stat($live))) : null;
    // A visitor who compiles the live script by its own name between these lines makes that name lead nowhere new; one
    // whose page is still the old release's may compile the old script again.
    for ($tries = 0; $tries < 50; ++$tries) {
        opcache_invalidate($old, true);
        if (!file_exists($old)) {
            forget($old);
        }
        if (leads_elsewhere($alias, $old)) {
            return array($tries === 0 ? 'elsewhere' : 'moved', '');
        }
        if (opcache_is_script_cached($alias)) {
            continue;
        }
        if (!file_exists($live)) {
            return array('gone', '');
        }
        opcache_invalidate($live, true);
        $row = compile_as_the_pool($alias, $status, $said, $how);
        $how = $how === 'include' ? 'compile' : $how; // it is declared now
        if (leads_elsewhere($alias, $old)) {
            return array('moved', '');
        }
        if (!opcache_is_script_cached($alias) && ($row[0] !== 'not_cached' || !opcache_is_script_cached($live))) {
            return array($row[0], $row[1]);
        }
    }
    return array('again', '');
}

/**
 * Whether OPcache finds a valid script by that name, and another one than the old. The old one is looked at last: nobody but
 * this operation invalidates it, so if it is invalid now it was so when the name was looked up.
 */
function leads_elsewhere($alias, $old)
{
    return opcache_is_script_cached($alias) && !opcache_is_script_cached($old);
}
