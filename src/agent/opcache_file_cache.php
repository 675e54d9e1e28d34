<?php
// The operation on OPcache's second cache, in files. It needs opcache.php.

/**
 * Tells where the file cache is, and what in there is not of OPcache's making; deletes what is, if told to and if there
 * is nothing else. Streams each file that is left: serialize(array(path, owner, why)).
 */
function do_opcache_file_cache($arguments)
{
    if (!extension_loaded('Zend OPcache')) {
        refuse('extension_missing', 'Zend OPcache');
    }
    foreach (array('scandir', 'filetype', 'unlink', 'rmdir') as $function) {
        if (!function_exists($function)) {
            refuse('disabled', $function);
        }
    }
    restore_error_handler(); // so that error_get_last() tells why something failed
    $directory = (string) may('ini_get', 'opcache.file_cache');
    $real = $directory === '' ? false : realpath($directory);
    $result = array('directory' => $directory, 'found' => $real !== false && is_dir($real), 'foreign' => null, 'deleted' => 0);
    if (!$result['found']) {
        return $result;
    }
    if (!is_readable($real)) {
        left($real, 'it cannot be read');
        return $result;
    }
    $names = $real === '/' ? array('/') : entries($real);
    foreach ($names as $name) {
        if (!preg_match('/^[0-9a-f]{32}$/D', $name) || filetype("$real/$name") !== 'dir') {
            return array('foreign' => $name) + $result;
        }
    }
    foreach ($arguments['delete'] ? $names : array() as $name) {
        $result['deleted'] += delete_below("$real/$name");
    }
    return $result;
}

/** Deletes a directory of the file cache, following no link. Returns how many files are gone. */
function delete_below($directory)
{
    $deleted = 0;
    foreach (entries($directory) as $name) {
        $path = "$directory/$name";
        error_clear_last();
        if (@filetype($path) === 'dir') {
            $deleted += delete_below($path);
        } elseif (substr($name, -4) !== '.bin') {
            left($path, 'it is not of OPcache\'s making');
        } elseif (@unlink($path)) {
            ++$deleted;
        } elseif (is_there($path)) {
            left($path, '');
        }
    }
    error_clear_last();
    if (!@rmdir($directory) && !entries($directory) && is_there($directory)) {
        left($directory, '');
    }
    return $deleted;
}

/** False for what somebody else has deleted meanwhile. Keeps the last error. */
function is_there($path)
{
    clearstatcache(true, $path);
    return file_exists($path) || is_link($path);
}

function entries($directory)
{
    return array_diff(@scandir($directory) ?: array(), array('.', '..'));
}

function left($path, $why)
{
    $last = error_get_last();
    if ($why === '' && $last) {
        $why = substr($last['message'], strrpos($last['message'], ': ') + 2);
    }
    chunk('S', serialize(array($path, @fileowner($path), $why)));
}
