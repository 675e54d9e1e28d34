<?php
// How many scripts OPcache did not have, since it was emptied; with ?wasted how many bytes of it are wasted.
$status = opcache_get_status(false);
echo isset($_GET['wasted']) ? $status['memory_usage']['wasted_memory'] : $status['opcache_statistics']['misses'], "\n";
