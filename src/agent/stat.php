<?php
// Operations on the realpath cache, of which each worker has its own.

function do_stat_clear($arguments)
{
    clearstatcache(true);
}

/**
 * Which workers the pool has now, where PHP knows: for a client that cannot see them, because fpm_get_status() can crash
 * this worker while another one starts (php-src 18595, 19974).
 */
function do_stat_workers($arguments)
{
    $status = may('fpm_get_status');
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
