<?php
// Operations on the realpath cache, of which each worker has its own.

/**
 * Empties it in this worker. If asked to, tells which workers the pool has now, where PHP knows: that is for a client that
 * cannot see them, because fpm_get_status() can crash this worker while another one starts (php-src 18595, 19974).
 */
function do_stat_clear($arguments)
{
    clearstatcache(true);
    $status = empty($arguments['list']) ? null : may('fpm_get_status');
    return array_column(isset($status['procs']) ? $status['procs'] : array(), 'pid');
}

function do_stat_realpath_get($arguments)
{
    return realpath_cache_get();
}

function do_stat_realpath_size($arguments)
{
    return realpath_cache_size();
}
