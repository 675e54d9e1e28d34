<?php
// What reset_floor asks for. cgi-fcgi, which cannot name an operation, gets the reset alone.
if (($_SERVER['FLOOR_OPERATION'] ?? 'reset') === 'reset') {
    echo opcache_reset() ? 1 : 0;
} else {
    echo opcache_get_status(false)['opcache_statistics']['manual_restarts'];
}
