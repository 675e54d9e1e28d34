<?php
// The operation that tells where names below links lead. It needs opcache.php, memory.php,
// opcache_cached.php, breathe.php and follow.php.

/**
 * For each of some links: the directories, other than its own target, to which names below it lead in OPcache: link =>
 * (directory => array(how many names, one of them)).
 *
 * OPcache does not list names, so each name is tried under which a cached script could be known. Each takes as long as there
 * are scripts that count as included (script_of()), so of many scripts a request tries a part of the names. The first one,
 * which is told 0 parts, says how many there are.
 */
function do_site_names($arguments)
{
    $status = status_with_scripts();
    must_set('opcache.validate_timestamps', '0'); // or opcache_is_script_cached() looks at the files
    set('log_errors', '0'); // script_of() may find that something is declared already
    set_error_handler(function () {
        return true;
    });
    $scripts = isset($status['scripts']) ? array_keys($status['scripts']) : array();
    make_room(3 * count($scripts));
    $owners = owners($scripts);
    $listed = isset($status['scripts']);
    unset($status['scripts']);
    $parts = $arguments['parts'] ?: 1 + (int) (count($scripts) / 5000);
    $is_mine = function ($name) use ($arguments, $parts) {
        return $parts === 1 || (crc32($name) & 0xffffff) % $parts === $arguments['part'];
    };
    $names = array();
    foreach ($arguments['links'] as $link) {
        $on_the_way = array();
        list($real, $release) = follow($link, $on_the_way);
        $leads = $real !== null && $real !== $link;
        $names[$link] = $leads ? elsewhere($link, $real, dirname($release), $owners, $scripts, $is_mine) : array();
    }
    restore_error_handler();
    return array('names' => $names, 'parts' => $parts, 'listed' => $listed) + $status;
}

/** Which scripts could be known by some name: "/lib/a.php" => the number of the only one, or array of several. */
function owners($scripts)
{
    $owners = array();
    foreach ($scripts as $i => $path) {
        breathe();
        if ($path[0] === '/' && opcache_is_script_cached($path)) {
            for ($at = strrpos($path, '/'); $at > 0; $at = strrpos($path, '/', $at - strlen($path) - 1)) {
                $name = substr($path, $at);
                if (isset($owners[$name])) {
                    $owners[$name] = (array) $owners[$name];
                    $owners[$name][] = $i;
                } else {
                    $owners[$name] = $i;
                }
            }
        }
    }
    return $owners;
}

function elsewhere($link, $real, $beside, $owners, $scripts, $is_mine)
{
    $found = array();
    $tried = 0;
    foreach ($owners as $name => $which) {
        if (++$tried % 100 === 0) {
            breathe();
        }
        $is_right = !is_array($which) && $scripts[$which] === $real . $name;
        if ($is_right || !opcache_is_script_cached($link . $name) || !$is_mine($name)) {
            continue;
        }
        $candidates = array();
        foreach ((array) $which as $i) {
            $candidates[] = $scripts[$i];
        }
        foreach (directories_of($link . $name, $name, $real, $beside, $candidates) as $directory) {
            $found += array($directory => array(0, $link . $name));
            ++$found[$directory][0];
        }
    }
    return $found;
}

/**
 * Where the alias leads: a directory. If nobody tells, all beside the release to which it may lead. None if it leads where
 * it should: to the link's own target, or from there through another link, such as that of storage/ to shared/storage/.
 */
function directories_of($alias, $name, $real, $beside, $candidates)
{
    $script = script_of($alias, $candidates);
    if ($script !== null) {
        $directory = substr($script, 0, -strlen($name));
        $links = array();
        $is_right = $directory === $real || substr($script, -strlen($name)) !== $name || follow($real . $name, $links)[0] === $script;
        return $is_right ? array() : array($directory);
    }
    $directories = array_map(function ($path) use ($name) {
        return substr($path, 0, -strlen($name));
    }, $candidates);
    return array_filter($directories, function ($each) use ($real, $beside) {
        return $each !== $real && strncmp($each, "$beside/", strlen($beside) + 1) === 0;
    });
}

/**
 * The cached script to which a name leads, without a change of it: what PHP is told to compile, and has cached, counts as
 * included from then on by its real name. That is so also if PHP then finds that this request has a function or a class of
 * that name already. What counted as included before, because another name leads there, is the only one of the candidates
 * that did. Null if nobody tells: the function is disabled, or several did.
 */
function script_of($alias, $candidates)
{
    static $included = array();
    $included = $included ?: array_flip(get_included_files());
    may('opcache_compile_file', $alias);
    may('error_clear_last');
    $new = array_slice(get_included_files(), count($included));
    $included += array_flip($new);
    $known = array();
    foreach ($candidates as $path) {
        $known += isset($included[$path]) ? array($path => true) : array();
    }
    return current($new) ?: (count($known) === 1 ? key($known) : null);
}
