<?php
// php.eval: code of the user's, which arrives in the request's body.

/** Runs code and returns its value in the wanted form. What the code prints goes out as it is. */
function do_php_eval($arguments)
{
    set_error_handler(function ($level, $message, $file, $line) {
        if ($level & (E_USER_ERROR | E_RECOVERABLE_ERROR)) {
            throw new \ErrorException($message, 0, $level, $file, $line);
        }
        return !(error_reporting() & $level) || note($level, $message, $file, $line); // not what @ silences
    });
    $ended = false;
    register_shutdown_function(function () use (&$ended) {
        $error = error_get_last();
        if (!$ended && !($error && $error['type'] & (E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR))) {
            answer(array('result' => array('exited' => true)));
        }
    });
    try {
        $value = evaluate($arguments['code']);
    } finally {
        $ended = true; // is not reached by exit
        release_output();
    }
    return array('null' => $value === null) + in_form($value, $arguments['format']);
}

/** Has no variables of its own, so that the code sees none. */
function evaluate()
{
    return func_get_arg(0) === '' ? null : eval(func_get_arg(0)); // for which eval() would return false
}

/** The value as text, or why it has none; or the value itself, for the client to write, where this PHP cannot. */
function in_form($value, $format)
{
    if ($format == 'var_export') {
        return PHP_VERSION_ID < 70300 ? array('value' => $value) : array('text' => var_export($value, true));
    }
    if ($format == 'json') {
        if (!function_exists('json_encode')) {
            return array('value' => $value);
        }
        $text = json_encode($value);
        return $text === false ? array('formless' => json_last_error_msg()) : array('text' => $text);
    }
    if (is_object($value) && !method_exists($value, '__toString')) {
        return array('formless' => 'it is an object of the class ' . get_class($value) . ', which has no text');
    }
    set('precision', '14');
    return array('text' => is_array($value) ? 'Array' : (string) $value);
}
