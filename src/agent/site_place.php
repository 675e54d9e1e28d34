<?php
// The operation that tells where a pool stands. It needs pools.php.

/**
 * The root directory of this pool, as "device:inode": in a pool that has another one a path is another path. Empty if it
 * may not look there. And the pools of its master.
 */
function do_site_place($arguments)
{
    $root = @may('stat', '/'); // open_basedir
    return array('root' => $root ? "$root[dev]:$root[ino]" : '', 'pools' => pools());
}
