<?php
// How many scripts OPcache did not have, since it was emptied.
echo opcache_get_status(false)['opcache_statistics']['misses'], "\n";
