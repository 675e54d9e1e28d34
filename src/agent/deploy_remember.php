<?php
// What workers are asked of which it is not known whether they serve a site.

/**
 * Whether this worker remembers where one of the names leads, or one below it: then it has served that. Null where nothing
 * tells. None of the names is resolved, or this worker would remember it from now on.
 */
function do_deploy_remembers($arguments)
{
    $known = may('realpath_cache_get');
    foreach ($known ?: array() as $path => $entry) {
        foreach ($arguments['names'] as $name) {
            if ($path === $name || strncmp($path, "$name/", strlen($name) + 1) === 0) {
                return true;
            }
        }
    }
    return $known === null ? null : false;
}
