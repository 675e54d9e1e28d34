<?php
// The agent: what php-fpm runs for cachetool. This is its core; the operations that a call needs follow it (opcache.php, ...).
// PHP 5.6 syntax, runs on 7.0 to 8.5. What to do arrives in FastCGI parameters that no HTTP client can set; nothing is
// ever pasted into this source. Every function costs the worker some 15 us on each call, so there are few.
// agent.md describes the answer.
namespace cachetool;

if (PHP_VERSION_ID < 80000 && may('ini_get', 'mbstring.func_overload') & 2) { // strlen() would count characters
    function strlen($text)
    {
        return mb_strlen($text, '8bit');
    }
    function substr($text, $from, $length = null)
    {
        return mb_substr($text, $from, $length, '8bit');
    }
}

if (PHP_VERSION_ID < 80000 && PHP_SAPI !== 'cli') {
    forbid_what_is_disabled();
}
run(parameter('CACHETOOL_NONCE'), 'cachetool\do_' . strtr(parameter('CACHETOOL_OP'), '.', '_'));

/** Runs one operation and sends its answer. */
function run($nonce, $operation)
{
    if (!preg_match('/^[0-9a-f]{32}$/D', $nonce)) {
        http_response_code(404); // a web server's request, not ours
        exit;
    }
    set_error_handler('cachetool\note');
    while (ob_get_level() && @ob_end_clean()) {
        // until none is left, or one refuses to go: a loop on the level alone would never end
    }
    set('display_errors', '0');
    set('serialize_precision', PHP_VERSION_ID < 70100 ? '17' : '-1');
    may('error_reporting', E_ALL);
    register_shutdown_function('cachetool\fatal');
    $GLOBALS['cachetool_reserve'] = str_repeat("\0", 16384); // for fatal(), where memory_limit is what ended the script
    if ($operation === 'cachetool\do_php_eval') {
        ob_start(null, 4096); // as long as it is not full, the code that is run may send headers
    }
    may('newrelic_ignore_transaction');
    if (may('session_status') === 2) {
        may('session_destroy'); // session.auto_start has begun one, whose file nobody would ask for again
    }
    chunk('B');
    try {
        if (parameter('CACHETOOL_SHA256') !== '' && !in_array(may('hash_file', 'sha256', __FILE__), array(null, parameter('CACHETOOL_SHA256')), true)) {
            refuse('version', __FILE__); // it was installed by another version of the client
        }
        if (!function_exists($operation)) {
            refuse('protocol', 'unknown operation');
        }
        $arguments = parameter('CONTENT_LENGTH') > 0
            ? unserialize(file_get_contents(PHP_SAPI == 'cli' ? 'php://fd/3' : 'php://input'), array('allowed_classes' => false))
            : array();
        $is_for_another = isset($arguments['pids']) && !in_array(may('getmypid'), $arguments['pids'], true);
        answer(array('result' => $is_for_another ? null : $operation($arguments)));
    } catch (\Throwable $thrown) {
        if ($thrown->getFile() === __FILE__ && preg_match('/^Call to undefined function (?:cachetool\\\\)?(\w+)\(\)/', $thrown->getMessage(), $missing)) {
            refuse('disabled', $missing[1]);
        }
        $at = array($thrown->getCode(), $thrown->getMessage(), $thrown->getFile(), $thrown->getLine(), get_class($thrown));
        answer(array('thrown' => $at));
    }
}

/**
 * In PHP 7 a call of a disabled function is a warning, and its result is null, which may pass for an answer. From here on it
 * is an Error that names it, as in PHP 8.
 */
function forbid_what_is_disabled()
{
    foreach (array('function_exists', 'preg_match') as $needed) {
        if (!function_exists($needed)) {
            throw new \Error("Call to undefined function cachetool\\$needed()");
        }
    }
    foreach (new \SplFileObject(__FILE__) as $line) {
        for ($at = 0; preg_match('/(?<![\w$>:\x5c])([a-z]\w+)\(/', $line, $called, PREG_OFFSET_CAPTURE, $at); $at = $called[1][1] + 1) {
            $name = $called[1][0];
            try {
                if (!function_exists($name) && !function_exists("cachetool\\$name")) {
                    eval("namespace cachetool; function $name() { forbidden('$name'); }");
                }
            } catch (\ParseError $is_no_function) { // "array(", and words in texts
            }
        }
    }
}

function forbidden($name)
{
    throw new \Error("Call to undefined function cachetool\\$name()");
}

function parameter($name)
{
    return (string) (isset($_SERVER[$name]) ? $_SERVER[$name] : may('getenv', $name)); // variables_order may leave $_SERVER empty
}

/** Calls a function that is not there everywhere, or that pools like to disable; null without it. */
function may($function, ...$arguments)
{
    return function_exists($function) ? $function(...$arguments) : null;
}

/**
 * Gives a setting a value, until the request ends. False if it has another, or nobody knows: a pool may disable ini_set()
 * and ini_get(), and php_admin_value pins a setting without a word.
 */
function set($name, $value)
{
    $has = function () use ($name, $value) {
        $is = may('ini_get', $name);
        return is_string($is) && ($is === '' ? '0' : $is) === $value; // "Off" in a file is ''
    };
    return function_exists('ini_get') && ($has() || may('ini_set', $name, $value) !== null && $has());
}

/** The same for what an operation cannot do without: refuses it. */
function must_set($name, $value)
{
    if (!set($name, $value)) {
        $missing = array_values(array_filter(array('ini_get', 'ini_set'), function ($function) {
            return !function_exists($function);
        }));
        refuse($missing ? 'disabled' : 'pinned', $missing ? $missing[0] : $name);
    }
}

/** Sends one piece of the answer. What others print between two pieces is skipped by the client. */
function chunk($type, $data = '')
{
    echo "\n", parameter('CACHETOOL_NONCE'), ' ', $type, ' ', strlen($data), "\n", $data;
}

/** Sends the last piece and ends the request. */
function answer($answer)
{
    $answer['notes'] = note(0); // before open_basedir, where it is set, makes one more of what follows
    // fpm_get_status() knows the pool too, but can crash the worker while another one starts (php-src 18595, 19974).
    $named = preg_match('/^php-fpm: pool ([^\0]+)/', (string) may('file_get_contents', '/proc/self/cmdline'), $title);
    chunk('A', serialize($answer + array(
        'php' => PHP_VERSION,
        'pid' => may('getmypid'),
        'pool' => $named ? $title[1] : null,
    )));
    may('fastcgi_finish_request'); // whatever shutdown functions print stays here
    exit;
}

/** Ends the request: the operation cannot be done, for a reason that the client has a sentence for. */
function refuse($kind, $detail)
{
    answer(array('refused' => $kind, 'detail' => $detail));
}

/** Keeps a warning, as PHP's error handler. Level 0 returns what was kept. */
function note($level, $message = '', $file = '', $line = 0)
{
    static $notes = array();
    if ($level && count($notes) < 100) {
        $notes[] = array($level, substr($message, 0, 2000), $file, $line);
    }
    return $level ? true : $notes;
}

function release_output()
{
    while (ob_get_level() && @ob_end_flush()) {
        // as above
    }
}

/** Runs at shutdown: an error that ended the script is sent as data too. */
function fatal()
{
    unset($GLOBALS['cachetool_reserve']);
    release_output();
    $error = error_get_last();
    if ($error && $error['type'] & (E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR)) {
        chunk('F', serialize(array($error['type'], $error['message'], $error['file'], $error['line'])));
    }
}
