<?php
// The operation that finds the links by which code is reached. It needs opcache.php, memory.php,
// opcache_cached.php, breathe.php and follow.php.

/**
 * Finds links to directories: the paths that are given and on the way to them, in each directory above a cached script,
 * and where they lead to something like what is cached, in directories beside these and inside of other links. Returns
 * array(link, its real name, the release) each. The release is the directory to which the last link on the way leads; the
 * real name lies in it. Both are empty for a link that leads nowhere, and for a given path at which no directory is. Hidden
 * are directories above cached scripts that this pool does not see. Cut is of what there is more than was looked at.
 */
function do_site_links($arguments)
{
    $is_off = in_array(may('ini_get', 'opcache.enable'), array('', '0'), true); // here alone, it may be
    $status = $is_off ? array() : status_with_scripts();
    set_error_handler(function () {
        return true; // to many directories it is not let in
    });
    $cut = '';
    list($directories, $ends) = around(isset($status['scripts']) ? array_keys($status['scripts']) : array(), $cut);
    $listed = isset($status['scripts']);
    unset($status['scripts']);
    $given = array_fill_keys($arguments['paths'], true);
    $links = links_around($directories, $ends, $arguments['paths'], $hidden, $cut);
    $found = array();
    foreach (array_keys($links) as $link) {
        list($real, $release) = follow($link, $links);
        $is_link = $real !== $link || isset($given[$link]); // or it was one
        $leads_nowhere = $real === null || !may('stat', $real);
        if ($leads_nowhere || isset($given[$link]) && !is_dir($real)) {
            $found[] = array($link, '', '');
        } elseif ($real !== '/' && $is_link && is_dir($real)) {
            $found[] = array($link, $real, $release);
        }
    }
    restore_error_handler();
    return array('links' => $found, 'hidden' => $hidden, 'cut' => $cut, 'listed' => $listed) + $status;
}

/** The directories above some scripts, and how the scripts' names end. */
function around($scripts, &$cut)
{
    $most = 20000;
    $directories = array();
    $ends = array();
    foreach ($scripts as $path) {
        if ($path[0] === '/') {
            for ($above = dirname($path); !isset($directories[$above]) && count($directories) < $most; $above = dirname($above)) {
                $directories[$above] = true;
            }
            $cut = isset($directories[$above]) ? $cut : "$most directories";
            $ends += ends_of($path);
        }
    }
    return array($directories, $ends);
}

function links_around($directories, $ends, $paths, &$hidden, &$cut)
{
    $links = links_on_the_way(array_merge($paths, paths_of_settings())) + array_fill_keys($paths, true);
    $links += links_in(array_keys($directories), 100000, $hidden, $cut);
    $network = network_mounts();
    $network = $network === null ? null : array_diff_key($network, $directories); // where code runs it answers
    foreach (array_keys($network === null ? array() : links_in(directories_beside($directories, $network), 3000, $ignored, $not_all)) as $link) {
        $links += !leads_into($link, $network) && is_dir($link) && has_one_of($link, $ends) ? array($link => true) : array();
    }
    $links = array_diff_key($links, of_system());
    foreach (array_keys($links) as $link) {
        $links += links_inside($link, $ends, 2);
    }
    return $links;
}

/** Directories that a pool's settings name; there may be a link on the way to them. */
function paths_of_settings()
{
    $paths = array();
    foreach (array('doc_root', 'open_basedir', 'include_path', 'auto_prepend_file', 'auto_append_file') as $name) {
        foreach (explode(':', (string) may('ini_get', $name)) as $path) {
            if ($path !== '' && $path[0] === '/') {
                $paths[] = $path;
            }
        }
    }
    return $paths;
}

/** The last two parts of a path, and the last: "/lib/a.php", "/a.php". */
function ends_of($path)
{
    $at = strrpos($path, '/');
    $end = array(substr($path, $at) => true);
    return $at > 0 ? $end + array(substr($path, strrpos($path, '/', $at - strlen($path) - 1)) => true) : $end;
}

/** Whether a directory, or one in it, has a file of a name that ends so. */
function has_one_of($directory, $ends, $deeper = '')
{
    $names = names_in($directory, 1000) ?: array();
    foreach ($names as $name) {
        if (isset($ends["$deeper/$name"])) {
            return true;
        }
    }
    foreach ($deeper === '' ? $names : array() as $name) {
        if (strpos($name, '.') === false && is_dir("$directory/$name") && has_one_of("$directory/$name", $ends, "/$name")) {
            return true;
        }
    }
    return false;
}

/**
 * Directories in those that are given, one or two levels below them, as far as these lie high up, and where sites lie by
 * custom. Not those of the system, and not what is mounted over a network: to look there might take for ever.
 */
function directories_beside($directories, $network)
{
    $not = $network + of_system();
    $level = array('/' => true, '/srv' => true, '/var/www' => true);
    foreach (array_keys($directories) as $directory) {
        $level += count(parts($directory)) < 4 ? array($directory => true) : array();
    }
    $found = $level;
    for ($depth = 0; $depth < 2; ++$depth) {
        $next = array();
        foreach (array_keys($level) as $directory) {
            $next += count($found) + count($next) < 3000 ? array_fill_keys(directories_in($directory, $not), true) : array();
        }
        $level = array_diff_key($next, $found);
        $found += $level;
    }
    return array_keys(array_diff_key($found, $directories));
}

function of_system()
{
    $names = 'bin boot dev etc lib lib32 lib64 libx32 lost+found mnt proc root run sbin snap sys tmp usr var/backups var/cache'
        . ' var/crash var/lib var/lock var/log var/mail var/run var/spool var/tmp';
    return array_fill_keys(explode(' ', '/' . str_replace(' ', ' /', $names)), true);
}

function directories_in($directory, $not)
{
    breathe();
    $found = array();
    foreach (names_in($directory, 3000) ?: array() as $name) {
        $path = rtrim($directory, '/') . "/$name";
        if ($name[0] !== '.' && !isset($not[$path]) && !is_link($path) && is_dir($path)) {
            $found[] = $path;
        }
    }
    return $found;
}

/** What is mounted over a network, or may be; null if nobody tells. */
function network_mounts()
{
    $list = may('file_get_contents', '/proc/self/mounts');
    if (!is_string($list)) {
        return null;
    }
    $mounts = array();
    $local = '/^(ext[234]|xfs|btrfs|zfs|f2fs|bcachefs|jfs|reiserfs|overlay|aufs|tmpfs|ramfs)$/D';
    foreach (explode("\n", $list) as $line) {
        $fields = explode(' ', $line);
        if (isset($fields[2]) && !preg_match($local, $fields[2])) {
            $mounts[stripcslashes($fields[1])] = true;
        }
    }
    return $mounts;
}

function leads_into($link, $directories)
{
    $target = (string) may('readlink', $link);
    foreach (array_keys($directories) as $directory) {
        if ($target === $directory || strncmp($target, "$directory/", strlen($directory) + 1) === 0) {
            return true;
        }
    }
    return false;
}

/** The names in a directory, as many as MOST: it may be anybody's, who has filled it. Null if it cannot be read. */
function names_in($directory, $most)
{
    $open = may('opendir', $directory);
    if (!$open) {
        return null;
    }
    $names = array();
    while (count($names) < $most && ($name = readdir($open)) !== false) {
        if ($name !== '.' && $name !== '..') {
            $names[] = $name;
        }
    }
    closedir($open);
    return $names;
}

function links_in($directories, $most, &$hidden, &$cut)
{
    $most_links = 2000;
    $links = array();
    $hidden = array();
    foreach ($directories as $directory) {
        breathe();
        $names = names_in($directory, $most);
        if ($names === null) {
            $hidden[] = $directory;
        }
        $cut = $names !== null && count($names) === $most ? "$most names in one directory" : $cut;
        foreach ($names ?: array() as $at => $name) {
            $link = rtrim($directory, '/') . "/$name";
            if (!is_link($link)) {
                // It is nothing that leads elsewhere.
            } elseif (count($links) < $most_links) {
                $links[$link] = true;
            } else {
                $cut = "$most_links links";
            }
            if ($at % 500 === 499) {
                breathe();
            }
        }
    }
    return $links;
}

/** Links in a directory, down to some levels, by the name through which it was given. */
function links_inside($directory, $ends, $levels)
{
    breathe();
    $links = array();
    foreach (names_in($directory, 1000) ?: array() as $name) {
        $path = "$directory/$name";
        if ($name[0] === '.' || strpos($name, '.php') || !is_dir($path)) {
            continue;
        }
        if (is_link($path)) {
            $links += has_one_of($path, $ends) ? array($path => true) : array();
        } elseif ($levels > 1) {
            $links += links_inside($path, $ends, $levels - 1);
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
