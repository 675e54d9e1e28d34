<?php
// Operations on the realpath cache, of which each worker has its own.

/** Empties it in this worker, and tells which workers the pool has now; none where PHP does not tell. */
function do_stat_clear($arguments)
{
    clearstatcache(true);
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
