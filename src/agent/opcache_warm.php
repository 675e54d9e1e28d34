<?php
// Operations for a release that is to go live. They need opcache.php, pattern.php, files.php and
// opcache_compile.php.

/**
 * The real name of a release, its device and inode, and the links beside it and beside its directory that lead to another
 * one: array(link, real name) each.
 */
function do_opcache_releases($arguments)
{
    clearstatcache(true); // a link may have been switched a moment ago
    $release = realpath($arguments['release']);
    if ($release === false || !is_dir($release)) {
        return array('release' => '', 'links' => array(), 'device' => 0, 'inode' => 0);
    }
    $links = array();
    foreach (array(dirname($release), dirname(dirname($release))) as $directory) {
        foreach (@scandir($directory) ?: array() as $name) {
            $link = rtrim($directory, '/') . "/$name";
            $real = is_link($link) ? realpath($link) : false;
            if ($real !== false && dirname($real) === dirname($release)) {
                $links[] = array($link, $real);
            }
        }
    }
    $itself = stat($release);
    return array('release' => $release, 'links' => $links, 'device' => $itself['dev'], 'inode' => $itself['ino']);
}

/**
 * Tells of names below links, a letter each, whether OPcache may know them, and they lead to a script that is invalid:
 * d(ead), or -. None of them becomes a name that OPcache knows: it may open files WITHIN a directory alone, in which they
 * do not lie, so that a name that it does not know is not found, while one that it knows counts as a miss before it is
 * opened. Where that cannot be done, or others miss something in the same moment, a name may be dead.
 */
function do_opcache_dead_names($arguments)
{
    clearstatcache(true);
    must_set('opcache.validate_timestamps', '0'); // or opcache_is_script_cached() looks at the files
    set('open_basedir', $arguments['within']);
    $can_tell = may('ini_get', 'open_basedir') === $arguments['within'];
    $letters = '';
    foreach ($arguments['names'] as $name) {
        if (opcache_is_script_cached($name)) {
            $letters .= '-';
        } elseif (!$can_tell) {
            $letters .= 'd';
        } else {
            $before = misses();
            @opcache_compile_file($name);
            $letters .= misses() > $before ? 'd' : '-';
        }
    }
    return $letters;
}

function misses()
{
    $status = opcache_get_status(false);
    return $status['opcache_statistics']['misses'];
}

/**
 * Invalidates scripts of a release, and sees to it that no name of a running one leads to them: such a name may still do
 * so after a switch, dead as long as the script is invalid, and would come to life with it. The arguments names hold,
 * for each path, that file's names by the links, and dead those of them that may be dead. Streams rows as opcache.compile:
 * "cached", or "failed".
 */
function do_opcache_detach($arguments)
{
    $status = status_to_compile($arguments);
    if ($status['enabled']) {
        clearstatcache(true);
        set('log_errors', '0'); // what goes wrong is told to who asked
        must_set('opcache.validate_timestamps', '0'); // or opcache_is_script_cached() looks at the files
        set('opcache.file_update_protection', '0');
        $status = file_by_file($arguments['paths'], $arguments, function ($i, $path, &$said) use ($arguments, $status) {
            $leading = array_filter($arguments['names'][$i], function ($name) {
                return opcache_is_script_cached($name);
            });
            opcache_invalidate($path, true);
            foreach (array_merge($leading, $arguments['dead'][$i]) as $name) {
                $row = opcache_is_script_cached($name) ? array('cached', '') : lead_elsewhere($name, $status, $said);
                if ($row[0] !== 'cached') {
                    return $row;
                }
            }
            return array('cached', '');
        }) + $status;
    }
    return $status;
}

/** A name that nobody has used comes to lead to its own file here, as does a dead one when that is compiled anew. */
function lead_elsewhere($name, $status, &$said)
{
    $row = compile_as_the_pool($name, $status, $said);
    if ($row[0] !== 'fatal' && file_exists($name) && !opcache_is_script_cached($name)) {
        opcache_invalidate($name, true);
        $row = compile_as_the_pool($name, $status, $said);
    }
    $led = $row[0] === 'fatal' || opcache_is_script_cached($name);
    return $led ? array($row[0] === 'kept' ? 'cached' : $row[0], $row[1])
        : array('failed', "$name may lead to it, and would serve it");
}
