<?php

/**
 * The root directory of this pool, as "device:inode": in a pool that has another one a path is another path. Empty if it
 * may not look there.
 */
function do_site_place($arguments)
{
    $root = @may('stat', '/'); // open_basedir
    return $root ? "$root[dev]:$root[ino]" : '';
}
