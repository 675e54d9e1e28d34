<?php
// Operations on OPcache: each function do_opcache_NAME is the operation opcache.NAME, and what it returns is the result.

function do_opcache_status($arguments)
{
    return opcache_call('opcache_get_status', false);
}

/** Schedules a restart. PHP performs it when the next request begins and no running one uses the cache. */
function do_opcache_reset($arguments)
{
    $tells = function_exists('opcache_get_status');
    $before = $tells ? do_opcache_state($arguments) : null;
    $accepted = opcache_call('opcache_reset');
    return array('before' => $before, 'accepted' => $accepted, 'after' => $tells ? do_opcache_state($arguments) : null);
}

/** What tells whether a restart took place, and what one would leave behind. */
function do_opcache_state($arguments)
{
    $state = opcache_call('opcache_get_status', false);
    $state['restarting'] = is_restarting($state);
    $state['validate_timestamps'] = (bool) may('ini_get', 'opcache.validate_timestamps');
    $state['force_restart_timeout'] = (int) may('ini_get', 'opcache.force_restart_timeout');
    $state['frozen'] = frozen_file_cache();
    unset($state['preload_statistics']['functions'], $state['preload_statistics']['classes'], $state['scripts']);
    return $state;
}

/**
 * Whether OPcache is off for this request alone, because it was being restarted when the request began: then it has
 * statistics, and no setting of this pool switches it off.
 */
function is_restarting($status)
{
    return empty($status['opcache_enabled']) && isset($status['opcache_statistics']) && may('ini_get', 'opcache.enable');
}

/**
 * The file cache from which PHP goes on loading what was changed since, while nothing there may be replaced or deleted
 * (opcache.file_cache_read_only, from PHP 8.5 on); else ''. To be asked before this request changes a setting.
 */
function frozen_file_cache()
{
    $is_frozen = may('ini_get', 'opcache.file_cache_read_only') && !may('ini_get', 'opcache.validate_timestamps');
    return $is_frozen ? (string) may('ini_get', 'opcache.file_cache') : '';
}

/** Calls one of OPcache's functions, or says why that cannot be. */
function opcache_call($function, $argument = null)
{
    if (!function_exists($function)) {
        $loaded = extension_loaded('Zend OPcache');
        refuse($loaded ? 'disabled' : 'extension_missing', $loaded ? $function : 'Zend OPcache');
    }
    $result = $argument === null ? $function() : $function($argument);
    if ($result === false && $function != 'opcache_reset') {
        $notes = note(0);
        $restricted = $notes && strpos($notes[count($notes) - 1][1], 'restrict_api');
        refuse($restricted ? 'restricted' : 'opcache_off', $restricted ? may('ini_get', 'opcache.restrict_api') : '');
    }
    return $result;
}
