<?php
// How many scripts OPcache did not have, since it was emptied; with ?wasted how many bytes of it are wasted, with ?resets
// how often it was reset.
$status = opcache_get_status(false);
$counts = $status['opcache_statistics'];
echo isset($_GET['wasted']) ? $status['memory_usage']['wasted_memory'] : $counts[isset($_GET['resets']) ? 'manual_restarts' : 'misses'], "\n";
