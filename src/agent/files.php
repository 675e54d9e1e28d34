<?php
// Files as they are on the disk. With opcache.enable_file_override PHP's own file_exists() and is_file() are true for
// what is cached, also where the file is gone; these stand in their place for all that is in this namespace.

function file_exists($path)
{
    return stat_of($path) !== false;
}

function is_file($path)
{
    $stat = stat_of($path);
    return $stat && ($stat['mode'] & 0170000) === 0100000;
}

/** Without a warning for what is not there, which is false. */
function stat_of($path)
{
    set_error_handler(function () {
        return true;
    });
    $stat = stat($path);
    restore_error_handler();
    return $stat;
}

/** What changes with a script: its own file, or the phar that it is in. */
function file_of($script)
{
    $file = $name = path_of($script);
    if ($name !== $script) {
        while (!is_file($file) && $file !== dirname($file)) {
            $file = dirname($file);
        }
    }
    return is_file($file) ? $file : $name;
}

/** Where a script lies, be it in a phar: phar:///app/x.phar/in.php is below /app. */
function path_of($script)
{
    return strncmp($script, 'phar:///', 8) === 0 ? substr($script, 7) : $script;
}

/** stat() of file_of(); false too where the phar has no such script any more. */
function script_stat($script)
{
    $file = file_of($script);
    return $file === $script || stat_of($script) ? stat_of($file) : false;
}
