<?php
// The operation that compiles files into OPcache. It needs opcache.php, pattern.php, files.php and
// how_to_compile.php.

/**
 * Compiles files, and streams what became of each in turn: serialize(array(outcome, why, warnings)).
 *
 * What a file declares stays declared until the request ends, so that a file may fail because of those before it. The
 * list then ends before that file, and the next call is to begin with it.
 */
function do_opcache_compile($arguments)
{
    $excluded = array();
    foreach ($arguments['exclude'] as $pattern) {
        $excluded[] = usable_pattern($pattern, $pattern);
    }
    $status = status_to_compile($arguments);
    if ($status['enabled'] || $status['unknown']) {
        set('opcache.file_update_protection', '0'); // or what was written a moment ago is not cached
        // or what was changed a moment ago is taken as it was
        $status['looks'] = $status['validates'] && set('opcache.revalidate_freq', '0');
        $status = compile_all($arguments, $excluded, $status) + $status;
    }
    return $status;
}

/** What tells whether OPcache can keep anything, and whether that can be checked. */
function status_to_compile($arguments)
{
    if (!function_exists('opcache_compile_file')) {
        opcache_call('opcache_compile_file');
    }
    $status = may('opcache_get_status', false);
    $notes = note(0);
    if ($status === false && $notes && strpos($notes[count($notes) - 1][1], 'restrict_api')) {
        $status = null; // that does not forbid to compile
    }
    if ($status === false) {
        refuse('opcache_off', '');
    }
    $file_cache_only = !empty($status['file_cache_only']);
    $counts = isset($status['opcache_statistics']) ? $status['opcache_statistics'] : array();
    return array(
        'enabled' => !empty($status['opcache_enabled']) || $file_cache_only,
        'unknown' => $status === null,
        'checkable' => $status && !$file_cache_only && function_exists('opcache_is_script_cached'),
        'restart_pending' => !empty($status['restart_pending']) || is_restarting($status),
        'since' => $counts ? max($counts['start_time'], $counts['last_restart_time']) : 0,
        'blacklist_misses' => $counts ? $counts['blacklist_misses'] : 0,
        'alone' => count($arguments['paths']) === 1,
        'validates' => (bool) may('ini_get', 'opcache.validate_timestamps'),
    );
}

function compile_all($arguments, $excluded, $status)
{
    return file_by_file($arguments['paths'], array(), function ($i, $path, &$said) use ($arguments, $excluded, $status) {
        foreach ($excluded as $pcre) {
            if (matches($pcre, $arguments['names'][$i])) {
                return array('excluded', '');
            }
        }
        $short = $status['checkable'] && !opcache_is_script_cached($path) ? short_of($path) : null;
        return $short ? array('no_room', $short . ' is used up') : compile($path, $status, $said);
    });
}

/**
 * The setting that does not let array(bytes, keys) stay free with this file, or null. A cache that is full keeps nothing any
 * more, of anybody.
 */
function short_of($path, $reserve = array(0, 0))
{
    $status = opcache_get_status(false);
    if (!isset($status['memory_usage']) || !is_file($path)) {
        return null;
    }
    $counts = $status['opcache_statistics'];
    if ($counts['max_cached_keys'] - $counts['num_cached_keys'] <= $reserve[1] + 2) {
        return 'opcache.max_accelerated_files';
    }
    $free = $status['memory_usage']['free_memory'] - $reserve[0];
    $much = 65536 + 80 * filesize($path); // no script takes as much
    $fits = !$status['cache_full'] && ($free > $much || $free > most_memory($path));
    return $fits ? null : 'opcache.memory_consumption';
}

/**
 * What the script takes in the cache at the most: two to four times the size of the code that people write, fifty times
 * that of a list of closures. By what was measured of each construct, some for what others compile meanwhile included.
 */
function most_memory($path)
{
    $text = (string) file_get_contents($path);
    $count = function ($mark) use ($text) {
        return count(explode($mark, $text)) - 1;
    };
    return 32768 + 4 * strlen($text) + 360 * ($count('fn') + $count('function')) + 80 * $count('[') + 56 * $count('(')
        + 48 * $count('$') + 96 * $count('?');
}

/**
 * Does $one($i, $path, $said) with each file and streams the row that it returns: serialize(array(outcome, why,
 * warnings, ...)). Stops before a file that fails in a way which those before it may have caused, and before one that is not
 * kept because somebody had OPcache restarted meanwhile: then this request keeps nothing more. With "time" among its
 * arguments (milliseconds) it also stops after that, or once others want the processor that was left for it. The client
 * does the pausing, so that no worker is held meanwhile.
 *
 * Returns "restart_pending", and what the client needs to set its pace: "took" (seconds), and "idle", whether a processor
 * was left for this all the time, as far as it looked (every 2 ms).
 */
function file_by_file($paths, $arguments, $one)
{
    $live = !isset($arguments['live']) || $arguments['live'];
    $was_idle = $idle = isset($arguments['time']) ? has_idle_processor($live) : null;
    $said = array();
    set_error_handler(function ($level, $message, $file, $line) use (&$said) {
        if (count($said) < 20) {
            $said[] = array($level, substr($message, 0, 2000), $file, $line);
        }
        return true;
    });
    $compiled = 0;
    $restarts = restarts();
    $restarted = false;
    $began = $told = microtime(true);
    foreach ($paths as $i => $path) {
        $said = array();
        $row = $one($i, $path, $said);
        $counters = $row[0] === 'not_cached' ? restarts() : $restarts;
        $restarted = $row[0] === 'not_cached' && ($counters[0] || $counters !== $restarts);
        if ($restarted || ($row[0] === 'fatal' && $compiled > 0)) {
            break;
        }
        array_splice($row, 2, 0, array($row[0] === 'failed' || $row[0] === 'fatal' ? array() : $said));
        chunk('S', serialize($row));
        $now = microtime(true);
        if ($now - $told > 0.002) { // a flush takes as long as to compile a small file
            may('flush'); // so that the client knows about which file it was that ends this process
            $told = $now;
            $idle = $idle === true ? has_idle_processor($live) : $idle;
        }
        if ($row[0] === 'fatal') {
            break; // PHP has cleaned up as for the end of the request
        }
        $compiled += !in_array($row[0], array('kept', 'excluded', 'left', 'no_room'), true);
        $others_came = $idle === false && $was_idle;
        if (isset($arguments['time']) && ($others_came || $now - $began > $arguments['time'] / 1000)) {
            break;
        }
    }
    restore_error_handler();
    return array('restart_pending' => $restarted, 'idle' => $idle, 'took' => microtime(true) - $began);
}

/** What differs once a restart is pending, or has taken place. */
function restarts()
{
    $status = may('opcache_get_status', false);
    $counts = isset($status['opcache_statistics']) ? $status['opcache_statistics'] : array();
    return array(
        !empty($status['restart_pending']),
        $counts ? $counts['oom_restarts'] + $counts['hash_restarts'] + $counts['manual_restarts'] : 0,
    );
}

/**
 * Whether a processor has nothing to do but what this process does; null where nothing tells. Where visitors ask for these
 * files, whether at least half of them have not.
 */
function has_idle_processor($live)
{
    static $can_tell = null;
    static $few = 0; // that run, this process among them
    $load = '/proc/loadavg';
    if ($can_tell === null) {
        $processors = '/sys/devices/system/cpu/online'; // such as "0-3"
        $can_tell = !may('ini_get', 'open_basedir') && may('is_readable', $load) && may('is_readable', $processors)
            && preg_match('/\d+$/', trim(file_get_contents($processors)), $found);
        $few = $can_tell ? $found[0] + 1 : 0;
    }
    if (!$can_tell || !preg_match('#(\d+)/#', file_get_contents($load), $found)) {
        return null;
    }
    return $found[1] <= ($live ? max(1, $few >> 1) : $few);
}

/**
 * Waits for a moment when at least half of the processors have nothing to do, for 10 ms at most. What is compiled then is
 * done at once: the fewer others ask for the script while it is invalid, and nobody is kept from a processor.
 */
function await_a_quiet_moment()
{
    for ($waited = 0; $waited < 10 && has_idle_processor(true) === false; ++$waited) {
        may('usleep', 1000);
    }
}

/**
 * Compiles one file. "fatal" is a failure that ends a request, and that OPcache has caught; "left", it is to be compiled
 * by its first visitor. $how is how(), for who cannot wait for it.
 *
 * If a file that is included does not compile, that ends the request. So a file that is sent alone is not included: the
 * client sends it so because that has happened.
 */
function compile($path, $status, &$said, $how = null)
{
    if ($status['checkable'] && opcache_is_script_cached($path)) {
        $stat = script_stat($path);
        $same = !empty($status['looks']) || !$stat || $stat['ctime'] < $status['since'];
        return array($same ? 'cached' : 'kept', '');
    }
    if (file_exists($path) && !is_file($path)) {
        return array('failed', is_dir($path) ? 'it is a directory' : 'it is not a file'); // reading a pipe would wait
    }
    if (!$status['unknown'] && is_blacklisted($path)) {
        return array('not_cached', 'opcache.blacklist_filename leaves it out'); // it need not even compile
    }
    $how = $how === null ? how($path, $status) : $how;
    if ($how === 'leave') {
        return array('left', '');
    }
    error_clear_last();
    try {
        $done = $how === 'include' ? (bool) include $path : opcache_compile_file($path);
    } catch (\Throwable $thrown) {
        return array('failed', $thrown->getMessage() . ' on line ' . $thrown->getLine());
    }
    $last = error_get_last();
    if ($done && $last) {
        $said[] = array_values($last); // PHP 8.1 to 8.4 tell no error handler what the first compilation says
    }
    if (!$done) {
        if ($last && $last['type'] & (E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR)) {
            return array('fatal', $last['message'] . ' on line ' . $last['line']);
        }
        return array('failed', $said ? str_replace("opcache_compile_file($path): ", '', $said[0][1]) : 'PHP gives no reason');
    }
    $kept = !$status['checkable'] || opcache_is_script_cached($path);
    return $kept ? array('cached', '') : array('not_cached', why_not_cached($path, $status));
}

/** Whether PHP never caches this file. Its patterns match the beginning of a path. */
function is_blacklisted($path)
{
    static $pattern = null;
    if ($pattern === null) {
        $configuration = may('ini_get', 'opcache.blacklist_filename') ? may('opcache_get_configuration') : null;
        $patterns = array();
        foreach (isset($configuration['blacklist']) ? $configuration['blacklist'] : array() as $name) {
            $patterns[] = strtr(preg_quote($name, '#'), array('\\*\\*' => '.*', '\\*' => '[^/]*', '\\?' => '[^/]'));
        }
        $pattern = $patterns ? '#^(?:' . implode('|', $patterns) . ')#s' : '';
    }
    return $pattern !== '' && preg_match($pattern, $path) === 1;
}

/** how_to_compile(), for a file that may be sent alone or not be there. */
function how($path, $status)
{
    $how = is_file($path) ? how_to_compile($path) : 'compile';
    return $how === 'include' && $status['alone'] ? 'compile' : $how;
}

/** Waits for a quiet moment; then, how() for the file that was like $look. It needs look.php. */
function how_at_a_quiet_moment($path, $status, $look)
{
    $how = how($path, $status); // before the moment, for the script is still valid
    await_a_quiet_moment();
    clearstatcache(true, file_of($path));
    $stat = script_stat($path);
    return $stat && look($stat) === $look ? $how : 'leave'; // or who knows what would run
}

/**
 * compile() where this request does not look at timestamps otherwise: a script that was compiled so would never be looked
 * at again, by a pool that does.
 */
function compile_as_the_pool($path, $status, &$said, $how = null)
{
    set('opcache.validate_timestamps', $status['validates'] ? '1' : '0');
    $row = compile($path, $status, $said, $how);
    must_set('opcache.validate_timestamps', '0');
    return $row;
}

function why_not_cached($path, $before)
{
    $now = opcache_get_status(false);
    $largest = (int) may('ini_get', 'opcache.max_file_size');
    if (!$now['opcache_enabled'] || !empty($now['restart_pending'])) {
        return 'a restart of OPcache is pending';
    }
    if ($now['cache_full']) {
        return 'the cache is full';
    }
    if ($largest > 0 && filesize($path) > $largest) {
        return 'it is larger than opcache.max_file_size';
    }
    if (!filemtime($path)) {
        return 'its modification time is 0';
    }
    if (filemtime($path) > time() - (int) may('ini_get', 'opcache.file_update_protection')) {
        return 'it is younger than opcache.file_update_protection, which this pool does not let scripts change';
    }
    return $now['opcache_statistics']['blacklist_misses'] > $before['blacklist_misses']
        ? 'opcache.blacklist_filename leaves it out'
        : 'PHP gives no reason';
}
