<?php
// Facts about settings, functions and caches, for doctor and monitors. It judges nothing, and needs site_remembered.php.

/**
 * $arguments: the names of the settings and functions to look at; lines to learn where files set them; strict to
 * be refused where opcache.restrict_api forbids the state of OPcache, so that the agent is put where it is allowed.
 */
function do_php_examine($arguments)
{
    $status = may('opcache_get_status', false);
    $notes = note(0);
    $restricted = $status === false && $notes && strpos($notes[count($notes) - 1][1], 'restrict_api');
    if ($restricted && $arguments['strict']) {
        refuse('restricted', may('ini_get', 'opcache.restrict_api'));
    }
    $preloaded = isset($status['preload_statistics']['scripts']) ? count($status['preload_statistics']['scripts']) : 0;
    if (is_array($status)) {
        unset($status['preload_statistics'], $status['scripts']);
    }
    $settings = array();
    foreach ($arguments['settings'] as $name) {
        $value = may('ini_get', $name);
        if (is_string($value)) {
            $settings[$name] = $value;
        }
    }
    set_error_handler(null); // open_basedir may keep the agent from what follows
    $facts = array(
        'status' => $status ?: null,
        'restricted' => (bool) $restricted,
        'preloaded' => $preloaded,
        'extensions' => array_values(array_filter(array('Zend OPcache', 'apcu'), function ($name) {
            return extension_loaded($name);
        })),
        'apcu' => may('apcu_enabled'),
        'apcu_info' => may('apcu_enabled') ? may('apcu_cache_info', true) : null,
        'apcu_memory' => may('apcu_enabled') ? may('apcu_sma_info', true) : null,
        'missing' => array_values(array_filter($arguments['functions'], function ($name) {
            return !function_exists($name);
        })),
        'settings' => $settings,
        'lines' => $arguments['lines'] ? lines_of($settings) : array(),
        'ini_file' => (string) may('php_ini_loaded_file'),
        'uid' => user_id(),
        'realpath_used' => may('realpath_cache_size'),
        'switched' => remembers_a_switched_link(),
    );
    restore_error_handler();
    return $facts;
}

/** Where the files that PHP read set them, the last line of each: name => array(file, line, value). */
function lines_of($settings)
{
    $lines = array();
    foreach (explode(',', may('php_ini_loaded_file') . ',' . may('php_ini_scanned_files')) as $file) {
        $file = trim($file);
        foreach ($file === '' ? array() : (@may('file', $file) ?: array()) as $at => $text) {
            if (preg_match('/^\s*([\w.]+)\s*=\s*(.*?)\s*$/D', $text, $found) && isset($settings[$found[1]])) {
                $lines[$found[1]] = array($file, $at + 1, substr($found[2], 0, 10000));
            }
        }
    }
    return $lines;
}

/** Whether this worker remembers a link that leads elsewhere by now. */
function remembers_a_switched_link()
{
    foreach (function_exists('realpath_cache_get') ? do_site_remembered(array()) : array() as $link => $target) {
        $text = is_link($link) ? may('readlink', $link) : null;
        $now = $text ? realpath($text[0] === '/' ? $text : dirname($link) . "/$text") : false;
        if ($target !== '' && $now !== false && $now !== $target) {
            return true;
        }
    }
    return false;
}

function user_id()
{
    $id = may('posix_geteuid');
    $status = $id === null ? (string) @may('file_get_contents', '/proc/self/status') : '';
    return preg_match('/^Uid:\s+\d+\s+(\d+)/m', $status, $found) ? (int) $found[1] : $id;
}
