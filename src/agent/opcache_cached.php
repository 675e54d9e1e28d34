<?php
// What is cached, as the operations on many scripts look at it. It needs opcache.php and memory.php.

function status_with_scripts()
{
    $status = opcache_call('opcache_get_status', false);
    if (isset($status['opcache_statistics'])) {
        make_room($status['opcache_statistics']['num_cached_scripts']);
    }
    may('putenv', 'TZ=UTC'); // or PHP looks at /etc/localtime once a script
    $status = opcache_call('opcache_get_status', true);
    $status['restart_pending'] = !empty($status['restart_pending']) || is_restarting($status);
    return $status;
}
