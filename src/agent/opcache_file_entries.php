<?php
// Operations on what OPcache's second cache, in files, has of some scripts. They need agent.php alone.

/**
 * Streams what there is of scripts at or below the names, each as "time length path"; the time when it was written.
 */
function do_opcache_file_entries($arguments)
{
    clearstatcache(true);
    $rows = '';
    foreach (file_caches() as $directory) {
        foreach ($arguments['names'] as $name) {
            $name = rtrim($name, '/');
            file_entry("$directory$name.bin", $name, $rows);
            file_entries("$directory$name", $name, $rows);
        }
    }
    chunk('S', $rows);
}

/** Deletes what there is of these scripts. Returns how many files are gone. */
function do_opcache_delete_file_entries($arguments)
{
    $deleted = 0;
    foreach (file_caches() as $directory) {
        foreach ($arguments['paths'] as $path) {
            $deleted += is_file("$directory$path.bin") && may('unlink', "$directory$path.bin") ? 1 : 0;
        }
    }
    return $deleted;
}

/** One for each build of PHP, and each set of settings, that uses this file cache. */
function file_caches()
{
    $directory = rtrim((string) may('ini_get', 'opcache.file_cache'), '/');
    $names = $directory === '' ? array() : preg_grep('/^[0-9a-f]{32}$/D', may('scandir', $directory) ?: array());
    return array_map(function ($name) use ($directory) {
        return "$directory/$name";
    }, $names);
}

function file_entries($directory, $name, &$rows)
{
    if (is_link($directory) || !is_dir($directory)) {
        return;
    }
    foreach (array_diff(may('scandir', $directory) ?: array(), array('.', '..')) as $entry) {
        file_entry("$directory/$entry", "$name/" . substr($entry, 0, -4), $rows);
        file_entries("$directory/$entry", "$name/$entry", $rows);
    }
}

function file_entry($file, $path, &$rows)
{
    if (substr($file, -4) !== '.bin' || !is_file($file)) {
        return;
    }
    $rows .= filemtime($file) . ' ' . strlen($path) . ' ' . $path . "\n";
    if (strlen($rows) > 60000) {
        chunk('S', $rows);
        $rows = '';
    }
}
