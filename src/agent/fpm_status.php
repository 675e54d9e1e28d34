<?php
// What php-fpm counts of this pool and its workers.

/**
 * fpm_get_status(); with "workers" among the arguments also of each worker but the one that runs this. Only for a client
 * that knows that no worker was started a moment ago, and that this request starts none: the function can crash this worker
 * then (php-src 18595, 19974).
 */
function do_fpm_status($arguments)
{
    $status = fpm_get_status();
    if (!is_array($status)) {
        refuse('disabled', 'fpm_get_status');
    }
    $own = may('getmypid');
    $status['procs'] = !$arguments['workers'] ? array() : array_slice(array_filter($status['procs'], function ($worker) use ($own) {
        return $worker['pid'] !== $own;
    }), 0, 4096);
    return $status;
}
