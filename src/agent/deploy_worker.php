<?php
// What every worker is asked for when a release goes live. Kept small: it is sent to each of them.

/**
 * Where a path leads, for this worker. With "clear" it forgets first what it knew: its realpath cache may lead to the
 * release before for two minutes more.
 */
function do_deploy_resolve($arguments)
{
    if ($arguments['clear']) {
        clearstatcache(true);
    }
    return realpath($arguments['current']);
}
