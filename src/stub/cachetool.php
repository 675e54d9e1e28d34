#!/usr/bin/env php
<?php
// "php cachetool.phar COMMAND" stands in many deploy scripts. This hands such a call over to the native program: its
// arguments, standard streams, environment and exit code. PHP 5.6 to 8.5.

if (!in_array(PHP_SAPI, array('cli', 'phpdbg'), true)) {
    exit; // a web server's request
}

/**
 * The native program: beside this file, where it is installed with this file, in PATH, or where programs usually are, which
 * PATH leaves out under cron and sudo. Null if there is none. The working directory is no such place, whatever PATH says.
 */
function cachetool_find()
{
    $directories = array(__DIR__, __DIR__ . '/../../bin');
    $directories = array_merge($directories, explode(':', (string) getenv('PATH')), array('/usr/local/bin', '/usr/bin'));
    foreach ($directories as $directory) {
        if (substr($directory, 0, 1) !== '/') {
            continue;
        }
        $file = $directory . '/cachetool';
        // What is no machine code is PHP's CacheTool, or this file under another name.
        if (is_file($file) && is_executable($file) && @file_get_contents($file, false, null, 0, 4) === "\x7fELF") {
            return $file;
        }
    }
    return null;
}

function cachetool_fail($message, $code)
{
    fwrite(STDERR, "error: cachetool.phar: $message\n");
    exit($code);
}

function cachetool_quote($text)
{
    return "'" . str_replace("'", "'\\''", $text) . "'"; // escapeshellarg() drops bytes that are not of the locale
}

/** Runs the program as a child, on this process's own streams. Returns its exit code. */
function cachetool_child($program, $arguments)
{
    if (!function_exists('proc_open') || !function_exists('proc_close')) {
        cachetool_fail("neither pcntl_exec() nor proc_open() may be used by this php; run $program itself", 126);
    }
    // This process can pass no signal on; with setpriv(1) the child hears of its end.
    $setpriv = is_executable('/usr/bin/setpriv') ? '/usr/bin/setpriv --pdeathsig TERM -- ' : '';
    $command = 'exec ' . $setpriv . implode(' ', array_map('cachetool_quote', array_merge(array($program), $arguments)));
    $child = proc_open($command, array(STDIN, STDOUT, STDERR), $pipes);
    if (!is_resource($child)) {
        cachetool_fail("cannot run $program", 126);
    }
    return proc_close($child);
}

$program = cachetool_find();
if ($program === null) {
    cachetool_fail('the native program cachetool is neither beside this file nor in PATH', 127);
}
$arguments = array_slice($_SERVER['argv'], 1);
if (function_exists('pcntl_exec')) {
    @pcntl_exec($program, $arguments); // returns only if that failed
}
exit(cachetool_child($program, $arguments));
