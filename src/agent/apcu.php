<?php
// Operations on APCu: each function do_apcu_NAME is the operation apcu.NAME, and what it returns is the result.

function do_apcu_info($arguments)
{
    $info = apcu('apcu_cache_info', true);
    return array('start_time' => unix_time($info['start_time'])) + $info;
}

function do_apcu_memory($arguments)
{
    return apcu('apcu_sma_info', true);
}

function do_apcu_clear($arguments)
{
    $tells = function_exists('apcu_cache_info');
    $before = $tells ? apcu('apcu_cache_info', true) : null;
    $cleared = apcu('apcu_clear_cache');
    return array('before' => $before, 'cleared' => $cleared, 'after' => $tells ? apcu('apcu_cache_info', true) : null);
}

function do_apcu_exists($arguments)
{
    return apcu('apcu_exists', $arguments['key']);
}

/** Objects come with what PHP's var_export() makes of them: a class may show itself otherwise than it is serialized. */
function do_apcu_fetch($arguments)
{
    apcu('apcu_fetch', array());
    $value = apcu_fetch($arguments['key'], $found);
    if (!$found && apcu_exists($arguments['key'])) {
        refuse('php_error', implode('; ', array_column(note(0), 1))); // an enumeration whose class is not known here, say
    }
    $has_object = is_object($value) || is_array($value) && preg_match('/[;{][OCE]:\d/', serialize($value));
    return array(
        'found' => !empty($found),
        'value' => $value,
        'export' => $has_object && PHP_VERSION_ID >= 70300 ? var_export($value, true) : null, // other forms before
    );
}

function do_apcu_store($arguments)
{
    return apcu('apcu_store', $arguments['key'], $arguments['value'], $arguments['ttl']);
}

function do_apcu_delete($arguments)
{
    return apcu('apcu_delete', $arguments['key']);
}

/** Calls one of APCu's functions, or says why that cannot be. */
function apcu($function, ...$arguments)
{
    if (!function_exists($function)) {
        $loaded = extension_loaded('apcu');
        refuse($loaded ? 'disabled' : 'extension_missing', $loaded ? $function : 'apcu');
    }
    if (may('apcu_enabled') === false) {
        refuse('apcu_off', PHP_SAPI == 'cli' ? 'apc.enable_cli' : 'apc.enabled');
    }
    return $function(...$arguments);
}

/** Some versions of APCu tell seconds since the machine was started; null if that cannot be made a Unix time. */
function unix_time($seconds)
{
    if ($seconds <= 0 || $seconds > 1e9) {
        return $seconds;
    }
    $now = may('hrtime', true);
    return $now ? (int) round(microtime(true) - $now / 1e9 + $seconds) : null;
}
