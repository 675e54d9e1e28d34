<?php
// Whether a file can be included without running anybody's code.

/**
 * True if a file holds nothing but classes, interfaces and traits that inherit from nothing and are not declared yet.
 * Including it runs no code: PHP declares such classes when it compiles them, and evaluates constants, defaults and
 * attributes when they are used. What is not certain is false.
 */
function only_declares($path)
{
    $tokens = function_exists('token_get_all') && filesize($path) < 262144 ? token_get_all((string) file_get_contents($path)) : array();
    if (!$tokens || !is_array($tokens[0]) || $tokens[0][0] !== T_OPEN_TAG) {
        return false;
    }
    $namespace = '';
    $names = array();
    for ($at = 1, $end = count($tokens); $at < $end; ++$at) {
        $kind = is_array($tokens[$at]) ? $tokens[$at][0] : null;
        if ($kind === T_NAMESPACE || $kind === T_USE || $kind === T_DECLARE) {
            $text = statement($tokens, $at);
            $forms = array(
                T_NAMESPACE => '/^namespace([\w\\\\\x80-\xff]+)$/Di',
                T_USE => '/^use[\w\\\\,{}\x80-\xff]+$/Di',
                T_DECLARE => '/^declare\(strict_types=[01]\)$/Di',
            );
            if (!preg_match($forms[$kind], $text, $found) || ($kind === T_NAMESPACE && $found[1][0] === '\\')) {
                return false;
            }
            $namespace = $kind === T_NAMESPACE ? $found[1] . '\\' : $namespace;
        } elseif ($kind === T_CLASS || $kind === T_INTERFACE || $kind === T_TRAIT) {
            $name = name_before_block($tokens, $at);
            if ($name === '' || !skip_body($tokens, $at)) {
                return false;
            }
            $names[] = $namespace . $name;
        } elseif ($kind !== null && $tokens[$at][1] === '#[') {
            for ($depth = 1; $depth > 0 && ++$at < $end;) {
                $text = is_array($tokens[$at]) ? $tokens[$at][1] : $tokens[$at];
                $depth += ($text === '[' || $text === '#[') - ($text === ']');
            }
        } elseif (!in_array($kind, array(T_WHITESPACE, T_COMMENT, T_DOC_COMMENT, T_ABSTRACT, T_FINAL), true)
            && ($kind === null || strtolower($tokens[$at][1]) !== 'readonly')) {
            return false;
        }
    }
    foreach ($names as $name) {
        if (class_exists($name, false) || interface_exists($name, false) || trait_exists($name, false)) {
            return false;
        }
    }
    return $names !== array();
}

/** The text from $at to before the next semicolon, without spaces and comments. Moves $at to it. */
function statement($tokens, &$at)
{
    for ($text = ''; isset($tokens[$at]) && $tokens[$at] !== ';'; ++$at) {
        $token = $tokens[$at];
        if (!is_array($token)) {
            $text .= $token;
        } elseif (!in_array($token[0], array(T_WHITESPACE, T_COMMENT, T_DOC_COMMENT), true)) {
            $text .= $token[1];
        }
    }
    return isset($tokens[$at]) ? $text : '';
}

/** The name of a class; '' if anything but its block follows the name. Moves $at to the block. */
function name_before_block($tokens, &$at)
{
    for ($text = ''; isset($tokens[++$at]) && $tokens[$at] !== '{';) {
        $token = $tokens[$at];
        if (!is_array($token) || ($token[0] === T_STRING && $text !== '')) {
            return '';
        }
        if ($token[0] === T_STRING) {
            $text = $token[1];
        } elseif (!in_array($token[0], array(T_WHITESPACE, T_COMMENT, T_DOC_COMMENT), true)) {
            return '';
        }
    }
    return $text;
}

/** Moves $at from the opening brace of a class to the closing one. False if there is none, or if it uses a trait. */
function skip_body($tokens, &$at)
{
    for ($depth = 0; isset($tokens[$at]); ++$at) {
        $token = $tokens[$at];
        if ($token === '{') {
            ++$depth;
        } elseif ($token === '}') {
            if (--$depth === 0) {
                return true;
            }
        } elseif (is_array($token)) {
            $kind = $token[0];
            if ($kind === T_CURLY_OPEN || $kind === T_DOLLAR_OPEN_CURLY_BRACES) {
                ++$depth;
            } elseif ($kind === T_USE && $depth === 1) {
                return false;
            }
        }
    }
    return false;
}
