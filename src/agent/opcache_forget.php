<?php

/**
 * What opcache_invalidate() cannot reach is invalidated by compiling it, if PHP knew the file's timestamp: a file that is
 * gone, before PHP 8.2, or one whose name is another's now. True if the cache has it no more. Afterwards this request does
 * not look at files for what is cached.
 */
function forget($path)
{
    set('opcache.validate_timestamps', '0');
    if (may('opcache_is_script_cached', $path)) {
        set('opcache.validate_timestamps', '1');
        @opcache_compile_file($path);
        set('opcache.validate_timestamps', '0');
    }
    return !may('opcache_is_script_cached', $path);
}
