<?php
// What every worker is asked for before a release goes live. Kept small: it is sent to each of them.

/**
 * Looks at every cached script, so that this worker has their memory at hand: what a process touches first has to be
 * mapped into it, and all workers would do that at the same moment, in their first request of the new release. Returns
 * how many seconds that took.
 */
function do_deploy_acquaint($arguments)
{
    $began = microtime(true);
    status_with_scripts();
    return microtime(true) - $began;
}
