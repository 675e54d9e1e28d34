<?php
// What the workers of this pool do now.

/**
 * The requests that others run, as arrays of a worker's pid, microseconds and a script. Only for a client that knows that
 * no worker was started a moment ago: fpm_get_status() can crash this worker then (php-src 18595, 19974).
 */
function do_fpm_requests($arguments)
{
    $status = may('fpm_get_status');
    $running = array();
    foreach (isset($status['procs']) ? $status['procs'] : array() as $worker) {
        if ($worker['state'] === 'Running' && $worker['pid'] !== may('getmypid') && count($running) < 1000) {
            $running[] = array($worker['pid'], $worker['request-duration'], $worker['script']);
        }
    }
    return $running;
}
