<?php
// The operation that finds the links by which code is reached. It needs opcache.php, memory.php and opcache_cached.php.

/**
 * Finds links to directories: on the way to the paths that are given, and in each directory above a cached script. Returns
 * those that lead to a directory beside which, or in which, there are cached scripts:
 * array(link, its real name, the release, names) each. The release is the directory to which the last link on the way
 * leads; the real name lies in it. Names: of each directory beside the release, the number of scripts whose name below
 * the link OPcache knows, while it has not the release's own of that name, and while it has that as well.
 */
function do_site_links($arguments)
{
    $status = status_with_scripts();
    must_set('opcache.validate_timestamps', '0'); // or opcache_is_script_cached() looks at the files
    $scripts = array();
    $directories = array();
    foreach (isset($status['scripts']) ? $status['scripts'] : array() as $path => $script) {
        if ($path[0] === '/' && opcache_is_script_cached($path)) {
            $scripts[$path] = true;
            for ($above = dirname($path); !isset($directories[$above]) && count($directories) < 5000; $above = dirname($above)) {
                $directories[$above] = true;
            }
        }
    }
    $listed = isset($status['scripts']);
    unset($status['scripts']);
    $links = links_on_the_way($arguments['paths']) + links_in(array_keys($directories));
    $found = array();
    foreach (array_keys($links) as $link) {
        list($real, $release) = follow($link, $links);
        if ($real !== '/' && $real !== null && is_dir($real)) {
            $found[] = array($link, $real, $release, names_below($link, $real, $release, $scripts));
        }
    }
    return array('links' => $found, 'listed' => $listed) + $status;
}

function links_in($directories)
{
    $links = array();
    foreach ($directories as $directory) {
        foreach (may('scandir', $directory) ?: array() as $name) {
            $link = rtrim($directory, '/') . "/$name";
            if (is_link($link) && count($links) < 2000) {
                $links[$link] = true;
            }
        }
    }
    return $links;
}

function links_on_the_way($paths)
{
    $links = array();
    foreach ($paths as $path) {
        follow($path, $links);
    }
    return $links;
}

/**
 * Follows PATH link by link, past what this worker remembers: its real name, and the directory to which the last link on
 * the way leads. Null for what does not end. The links come into LINKS.
 */
function follow($path, &$links)
{
    $done = '';
    $left = parts($path);
    $behind = 0; // of LEFT, when the last link was met
    for ($steps = 0; $left; ++$steps) {
        $name = array_shift($left);
        if ($steps > 1000) {
            return array(null, null);
        }
        if ($name === '..') {
            $done = rtrim(dirname($done), '/');
        } else {
            $done .= "/$name";
            if (is_link($done)) {
                $links[$done] = true;
                $behind = count($left);
                $target = (string) readlink($done);
                $done = $target !== '' && $target[0] === '/' ? '' : dirname($done);
                $left = array_merge(parts($target), $left);
            }
        }
    }
    $release = $done;
    for (; $behind > 0; --$behind) {
        $release = dirname($release);
    }
    return array($done === '' ? '/' : $done, $release);
}

function parts($path)
{
    return array_values(array_diff(explode('/', $path), array('', '.')));
}

function names_below($link, $real, $release, $scripts)
{
    $beside = dirname($release) . '/';
    $inside = substr($real, strlen($release));
    $names = array();
    foreach ($scripts as $path => $true) {
        $end = strncmp($path, $beside, strlen($beside)) === 0 ? strpos($path, '/', strlen($beside)) : false;
        if ($end === false || strncmp($path, "$release/", strlen($release) + 1) === 0) {
            continue;
        }
        $other = substr($path, 0, $end) . $inside;
        if (strncmp($path, "$other/", strlen($other) + 1) === 0) {
            $name = substr($path, strlen($other));
            if (opcache_is_script_cached($link . $name)) {
                $names += array($other => array(0, 0));
                ++$names[$other][(int) isset($scripts[$real . $name])];
            }
        }
    }
    return $names;
}
