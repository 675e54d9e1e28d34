<?php
// Operations that find cached scripts, and tell which of them are out of date. They need opcache.php, memory.php,
// opcache_cached.php, files.php and look.php.

/**
 * Streams the cached scripts at or below the names, each as "memory timestamp revalidate valid length path", and returns
 * the status without them, the real names, and what was preloaded of those scripts. A timestamp is the file's when it
 * was cached, and revalidate the time of caching at the earliest; 0 where PHP does not know.
 */
function do_opcache_select($arguments)
{
    clearstatcache(true); // a link may have been switched a moment ago
    $names = array_map('cachetool\real_name', $arguments['names']);
    $wanted = array_flip($names) + array_flip($arguments['names']);
    $result = array(
        'names' => $names,
        'missing' => array_values(array_diff($names, array_filter($names, function ($name) {
            return file_exists($name);
        }))),
        'now' => time(),
        'validate_timestamps' => (bool) may('ini_get', 'opcache.validate_timestamps'),
        'revalidate_freq' => (int) may('ini_get', 'opcache.revalidate_freq'),
        'frozen' => frozen_file_cache(),
        'max_wasted_percentage' => (int) may('ini_get', 'opcache.max_wasted_percentage'),
    );
    $result['keeps_times'] = set('opcache.validate_timestamps', '1'); // or neither the status nor what is compiled has any
    $status = status_with_scripts();
    set('opcache.validate_timestamps', '0'); // or opcache_is_script_cached() looks at the files
    $scripts = isset($status['scripts']) ? $status['scripts'] : array();
    $preloaded = isset($status['preload_statistics']['scripts']) ? $status['preload_statistics']['scripts'] : array();
    $rows = '';
    foreach ($scripts as $path => $script) {
        if (!at_or_below($wanted, $path)) {
            continue;
        }
        $timestamp = isset($script['timestamp']) ? $script['timestamp'] : 0;
        $valid = $timestamp > 0 || may('opcache_is_script_cached', $path) !== false;
        $rows .= $script['memory_consumption'] . ' ' . $timestamp . ' '
            . (isset($script['revalidate']) ? $script['revalidate'] : 0) . ' ' . (int) $valid . ' '
            . strlen($path) . ' ' . $path . "\n";
        if (strlen($rows) > 60000) {
            chunk('S', $rows);
            $rows = '';
        }
    }
    chunk('S', $rows);
    $result['preloaded'] = array_values(array_filter($preloaded, function ($path) use ($wanted) {
        return at_or_below($wanted, $path);
    }));
    $result['listed'] = isset($status['scripts']);
    unset($status['scripts'], $status['preload_statistics']);
    return $result + $status;
}

/** The real name of what need not exist any more: that of the nearest directory that does, and the rest. */
function real_name($name)
{
    for ($rest = '', $real = realpath($name); $real === false && $name !== dirname($name); $real = realpath($name)) {
        $rest = '/' . basename($name) . $rest;
        $name = dirname($name);
    }
    return $real === '/' && $rest !== '' ? $rest : $real . $rest;
}

function at_or_below($wanted, $path)
{
    for ($name = path_of($path); !isset($wanted[$name]); $name = dirname($name)) {
        if ($name === dirname($name)) {
            return false;
        }
    }
    return true;
}

/**
 * Tells what became of files since they were cached, a letter for each: u(nchanged), c(hanged), g(one), h(idden from
 * this pool). Each file is array(path, earliest time of caching, timestamp or 0, what it looked like or ''). Stops after
 * 50 ms.
 */
function do_opcache_examine($arguments)
{
    set_error_handler(null); // so that error_get_last() tells why a file cannot be seen
    clearstatcache(true);
    $states = '';
    $began = microtime(true);
    foreach ($arguments['files'] as $file) {
        $states .= state_of($file[0], $file[1], $file[2], $file[3], $arguments['validate_timestamps']);
        if (microtime(true) - $began > 0.05) {
            break;
        }
    }
    restore_error_handler();
    return $states;
}

/**
 * A file that was cached at $since or later is as it was then if nothing has happened to it after that by its ctime,
 * which nobody can set, nor to a directory on the way there. Two seconds allow for clocks that are read in steps.
 */
function state_of($path, $since, $timestamp, $look, $validates)
{
    $file = file_of($path);
    $is_own = $file === $path;
    $stat = stat_of($file);
    if (!$stat) {
        return is_gone($file) ? 'g' : 'h';
    }
    $script = $is_own ? $stat : stat_of($path);
    if (!$script) {
        return 'g'; // the phar has it no more
    }
    if ($look !== '') {
        return $look === look($stat) ? 'u' : 'c';
    }
    if ($timestamp > 0 && $script['mtime'] !== $timestamp) {
        return 'c';
    }
    if ($validates && $timestamp > 0 && $is_own) {
        return 'u'; // PHP goes by that alone. But what is in a phar may have one time in all builds
    }
    // Cached by a refresh (opcache_refresh.php) ten seconds after it was written, or later, and nothing since then. PHP 8.4
    // tells the time itself.
    $untouched = $is_own && PHP_VERSION_ID < 80400 && $timestamp > 0 && abs($stat['ctime'] - $timestamp) <= 2;
    if (realpath($file) !== $file || !$untouched && $stat['ctime'] >= $since - 2) {
        return 'c';
    }
    return was_moved(dirname($file), max($since - 2, $untouched ? $timestamp + 8 : 0)) ? 'c' : 'u';
}

/**
 * True if a directory may have come to its name since then: that changes its ctime, and that of the one it lies in.
 * Above what this pool may see nothing is known, and nothing is looked for.
 */
function was_moved($directory, $since)
{
    static $moved = array();
    $key = "$since $directory";
    if (!isset($moved[$key])) {
        $above = dirname($directory);
        $is_there = $above !== $directory ? @filectime($above) : false;
        $moved[$key] = $above !== $directory && @filectime($directory) >= $since && (!$is_there || $is_there >= $since)
            || $is_there && was_moved($above, $since);
    }
    return $moved[$key];
}

/** False where a file may be there, and this pool is not allowed to see it. */
function is_gone($path)
{
    error_clear_last();
    $file = @fopen($path, 'r');
    $why = error_get_last();
    return !$file && (bool) preg_match('/No such file|Not a directory/', $why ? $why['message'] : '');
}
