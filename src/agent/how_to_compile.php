<?php
// How a file is compiled so that OPcache keeps what it would keep for a visitor.

/**
 * "include", "compile" or "leave": by including the file, by opcache_compile_file(), or not at all.
 *
 * opcache_compile_file() leaves it to each request to declare a class, where its declaration stands (php-src
 * Zend/zend_compile.c, ZEND_COMPILE_WITHOUT_EXECUTION). A visitor's request declares a class that inherits from nothing
 * before any code of the file runs. So the two differ where code stands above a class that it may use. Such a file is
 * left to its first visitor, and so is one of which that is not certain.
 *
 * A file of nothing but classes, interfaces and traits that inherit from nothing, and are not declared yet, can be
 * included, which is best: PHP declares them when it compiles the file, and no code runs.
 */
function how_to_compile($path)
{
    $text = (string) file_get_contents($path);
    if (strpos($text, "\nnamespace cachetool;\n") !== false) {
        return 'leave'; // a copy of this agent, whose functions this request has already
    }
    if (!preg_match('/(class|interface|trait|enum)[\s\/#]/i', $text)) {
        return 'compile'; // it declares none
    }
    if (!function_exists('token_get_all') || strlen($text) > 524288) {
        return 'leave';
    }
    if ($how = how_to_compile_one_class($text)) {
        return $how;
    }
    make_room(strlen($text) / 8); // the tokens take a hundred times the text
    try {
        $tokens = token_get_all($text, TOKEN_PARSE);
    } catch (\Error $wrong) { // ParseError, and from PHP 7.3 CompileError
        return 'compile'; // PHP will say what is wrong
    }
    $only = true; // classes that inherit from nothing
    $runs = false; // code that may use a class
    $loads = array(); // names that may have to be loaded, by code that may use a class that needs none of them
    $declared = array(); // what is needed to declare each class of this namespace
    $types = array(); // names in the members of the classes above, and what is imported
    $inherits = false; // one of those classes does: to declare it, classes that its members name may be needed
    $namespace = '';
    $classes = array(T_CLASS, T_INTERFACE, T_TRAIT, defined('T_ENUM') ? T_ENUM : T_TRAIT);
    $nothing = array_flip(array(T_WHITESPACE, T_COMMENT, T_DOC_COMMENT, T_OPEN_TAG, T_CLOSE_TAG, T_ABSTRACT, T_FINAL, ';', '}'));
    for ($at = 0, $end = count($tokens); $at < $end; ++$at) {
        $kind = is_array($tokens[$at]) ? $tokens[$at][0] : $tokens[$at];
        $word = is_array($tokens[$at]) ? strtolower($tokens[$at][1]) : $tokens[$at];
        if (isset($nothing[$kind]) || $word === 'readonly') {
            $only = $only && $kind !== T_CLOSE_TAG;
        } elseif ($kind === '{' && begins_statement($tokens, $at)) {
            $only = false; // what stands in bare braces is declared as if they were not there
        } elseif ($word === '#[') {
            skip_attribute($tokens, $at);
        } elseif (in_array($kind, $classes, true)) {
            $class = declaration($tokens, $at);
            $needs = array();
            foreach ($class ? $class['inherits'] : array() as $name) {
                $needs += isset($declared[$name]) ? $declared[$name] : array($name => true);
            }
            if ($runs || $class === null || array_diff_key($loads, $needs) || $inherits && isset($types[$class['name']])) {
                return 'leave';
            }
            $types += $class['types'];
            $inherits = $inherits || $class['inherits'];
            $declared[$class['name']] = $needs;
            $loads += $needs;
            $only = $only && $word !== 'enum' && !$needs && !is_declared($namespace . $class['name']);
        } elseif ($kind === T_FUNCTION && is_named_function($tokens, $at)) {
            $only = false;
            skip_block($tokens, $at);
        } elseif ($kind === T_NAMESPACE || $kind === T_USE || $kind === T_DECLARE) {
            $from = $at;
            $head = head($tokens, $at);
            for (; $from <= $at; ++$from) {
                $types += last_name($tokens[$from]);
            }
            $known = preg_match('/^namespace([\w\\\\\x80-\xff]*)$|^use[\w\\\\,{}\x80-\xff]+$|^declare\(strict_types=[01]\)$/Di', $head, $found);
            $runs = $runs || !$known;
            $only = $only && $known;
            $namespace = isset($found[1]) ? ltrim($found[1] . '\\', '\\') : $namespace;
            $declared = $kind === T_NAMESPACE ? array() : $declared;
            $at += $kind === T_NAMESPACE && isset($tokens[$at + 1]) && $tokens[$at + 1] === '{'; // its "}" means nothing
        } elseif ($kind === T_HALT_COMPILER) {
            break;
        } else {
            $only = false;
            $runs = !is_guard($tokens, $at) || $runs;
            if ($tokens[$at] === '{') {
                skip_block($tokens, $at); // what is declared in it, is declared when it runs
            } elseif ($kind === T_DOUBLE_COLON || $kind === T_NEW) {
                skip_to_class($tokens, $at); // "A::class" and "new class" declare nothing here
            }
        }
    }
    return $only && $declared ? 'include' : 'compile';
}

/**
 * The same for a file of one class, interface or trait, and nothing else but its namespace and what it imports, as most
 * files of a release are: a tenth of the time that tokens take. Null for any other, and for what is not as easily read:
 * text outside of PHP, heredocs, strings that hold more than names of variables.
 */
function how_to_compile_one_class($text)
{
    static $file = '';
    static $block_without_use = '';
    if ($file === '') {
        $is_old = PHP_VERSION_ID < 80000; // an attribute is a comment there
        $comment = '(?:(?://|\x23' . ($is_old ? '' : '(?!\[)') . ')(?:[^\r\n?]++|\?(?!>))*+|/\*.*?\*/)';
        $variable = '\{\$[\w$>[\](),:\s\x80-\xff-]*+(?:\x27[\w\s.:-]*+\x27[\w$>[\](),:\s\x80-\xff-]*+)*+\}|\$\{\w++\}';
        $string = '\x27(?:[^\x27\x5c]++|\x5c.)*+\x27|\x22(?:[^\x22\x5c{$]++|\x5c.|\{(?!\$)|\$(?!\{)|' . $variable . ')*+\x22';
        $other = "|$string|$comment|/(?![/*])|<(?!<<)|\\?(?!>)" . ($is_old ? '' : '|\x23(?=\[)');
        $rules = "(?(DEFINE)(?<space>(?>\\s++|$comment)*+)(?<list>\\[(?>[^][{}\\x27\\x22\\x23/`<?]++|(?&list)$other)*+\\])
            (?<block>\\{(?>[^{}\\x27\\x22\\x23/`<?]++|(?&block)$other)*+\\}))~xisD";
        $file = '~^<\?php(?=\s)(?&space)
            (?:declare(?&space)\((?&space)strict_types(?&space)=(?&space)[01](?&space)\)(?&space);(?&space))?+
            (?:namespace\s++([\w\x5c\x80-\xff]++)\s*+;(?&space))?+
            (?:use\s[\w\x5c,{}\s\x80-\xff]++;(?&space))*+' . ($is_old ? '' : '(?:\x23(?&list)(?&space))*+') . '
            (?:(?:abstract|final|readonly)\s++)*+(?:class|interface|trait)\s++([a-z_\x80-\xff][\w\x80-\xff]*+)
            ((?:\s[\w\x5c,\s\x80-\xff]*+)?+)((?&block))(?&space)$' . $rules;
        $block_without_use = '~^\{(?>(?!use\b)[\w$\x80-\xff]++|[^\w$\x80-\xff{}\x27\x22\x23/`<?]++|(?&block)' . "$other)*+\\}\$$rules";
    }
    if (preg_match($file, $text, $found) !== 1) {
        return null;
    }
    list(, $namespace, $name, $inherits, $block) = $found;
    if (trim($inherits) !== '') {
        return 'compile';
    }
    if (preg_match($block_without_use, $block) !== 1) {
        return 'compile'; // it has the members of a trait
    }
    return is_declared(ltrim("$namespace\\", '\\') . $name) ? 'compile' : 'include';
}

/** Whether a "{" at $at stands where a statement does, so that it belongs to nothing. */
function begins_statement($tokens, $at)
{
    do {
        --$at;
    } while ($at > 0 && is_array($tokens[$at]) && in_array($tokens[$at][0], array(T_WHITESPACE, T_COMMENT, T_DOC_COMMENT), true));
    $kind = is_array($tokens[$at]) ? $tokens[$at][0] : $tokens[$at];
    return in_array($kind, array(T_OPEN_TAG, T_CLOSE_TAG, ';', '{', '}', ':'), true);
}

/** array(NAME => true) where a token is a name, of which only what is behind the last backslash counts; else an empty array. */
function last_name($token)
{
    $is_name = is_array($token) && preg_match('/([a-z_\x80-\xff][\w\x80-\xff]*)$/Di', $token[1], $found)
        && ($token[0] === T_STRING || strpos($token[1], '\\') !== false);
    return $is_name ? array(strtolower($found[1]) => true) : array();
}

/** Moves $at to the word "class" where nothing but space, comments and attributes come before it. */
function skip_to_class($tokens, &$at)
{
    for ($to = $at + 1; isset($tokens[$to]); ++$to) {
        if (is_array($tokens[$to]) && $tokens[$to][0] === T_CLASS) {
            $at = $to;
        } elseif (is_array($tokens[$to]) && $tokens[$to][1] === '#[') {
            skip_attribute($tokens, $to);
            continue;
        } elseif (text_of($tokens[$to]) === '') {
            continue;
        }
        return;
    }
}

function is_declared($name)
{
    return class_exists($name, false) || interface_exists($name, false) || trait_exists($name, false);
}

/** Moves $at from an attribute's "#[" to its end. */
function skip_attribute($tokens, &$at)
{
    for ($depth = 1; $depth > 0 && isset($tokens[++$at]);) {
        $text = is_array($tokens[$at]) ? $tokens[$at][1] : $tokens[$at];
        $depth += ($text === '[' || $text === '#[') - ($text === ']');
    }
}

/**
 * Moves $at from the word "class" to the end of its block. Returns its name, and those that it extends, implements or
 * uses, in lower case, and the last parts of all names in its members (keys); null if that is no declaration.
 */
function declaration($tokens, &$at)
{
    $names = names($tokens, $at, array('{'));
    $types = array();
    $used = skip_block($tokens, $at, $types);
    $name = array_shift($names);
    return $name === null || $used === null
        ? null
        : array('name' => $name, 'inherits' => array_merge($names, $used), 'types' => $types);
}

/** The names, in lower case, that come after $at and before one of the tokens $ends. Moves $at to before that. */
function names($tokens, &$at, $ends)
{
    $text = '';
    for (; isset($tokens[$at + 1]) && !in_array($tokens[$at + 1], $ends, true); ++$at) {
        $token = $tokens[$at + 1];
        $other = !is_array($token) || in_array($token[0], array(T_WHITESPACE, T_COMMENT, T_DOC_COMMENT, T_EXTENDS, T_IMPLEMENTS), true);
        $text .= $other ? ' ' : strtolower($token[1]);
    }
    return array_values(array_diff(explode(' ', $text), array('', 'string', 'int'))); // an enum's type is none
}

/**
 * Moves $at from before or at a "{" to the "}" that ends it. Returns the names in "use" right inside; null without an end.
 * $types gets those that stand right inside otherwise.
 */
function skip_block($tokens, &$at, &$types = array())
{
    $used = array();
    $marks = array('{' => 1, T_CURLY_OPEN => 1, T_DOLLAR_OPEN_CURLY_BRACES => 1, '}' => -1, T_USE => 0);
    $depth = 0;
    for ($i = $at; isset($tokens[$i]); ++$i) { // most tokens of a file stand deeper: no function is called for them
        $kind = isset($tokens[$i][1]) ? $tokens[$i][0] : $tokens[$i];
        if (isset($marks[$kind])) {
            $depth += $marks[$kind];
            if ($kind === '}' && $depth === 0) {
                $at = $i;
                return $used;
            }
            if ($kind === T_USE && $depth === 1) {
                $used = array_merge($used, names($tokens, $i, array(';', '{')));
            }
        } elseif ($depth === 1) {
            $types += last_name($tokens[$i]);
        }
    }
    $at = $i;
    return null;
}

function is_named_function($tokens, $at)
{
    do {
        ++$at;
    } while (isset($tokens[$at]) && is_array($tokens[$at]) && trim($tokens[$at][1], "& \t\r\n") === '' || isset($tokens[$at]) && $tokens[$at] === '&');
    return isset($tokens[$at]) && $tokens[$at] !== '(';
}

/** The text from $at to before the next semicolon or brace, without spaces and comments. Moves $at to its last token. */
function head($tokens, &$at)
{
    $text = '';
    for (--$at; isset($tokens[$at + 1]); ++$at) {
        $token = $tokens[$at + 1];
        if ($token === ';' || ($token === '{' && substr($text, -1) !== '\\') || (is_array($token) && $token[0] === T_CLOSE_TAG)) {
            break;
        }
        $text .= text_of($token);
    }
    return $text;
}

function text_of($token)
{
    return !is_array($token) ? $token : (in_array($token[0], array(T_WHITESPACE, T_COMMENT, T_DOC_COMMENT), true) ? '' : $token[1]);
}

/**
 * Whether "if (!defined('NAME')) exit;" or "defined('NAME') || exit;" begins at $at, with which files are kept from being
 * called by themselves: no class is used there. Moves $at to its end if so.
 */
function is_guard($tokens, &$at)
{
    $text = '';
    for ($to = $at; isset($tokens[$to]) && $to < $at + 40 && $tokens[$to] !== ';'; ++$to) {
        $text .= text_of($tokens[$to]);
    }
    $string = '(?:\'[^\'\\\\:]*\'|"[^"\\\\:$]*")';
    $ask = "(?:\\\\)?(?:defined|function_exists)\\($string\\)";
    $leave = "(?:exit|die)(?:\\((?:$string|\\d*)\\))?";
    if (!preg_match("/^(?:if\\(!$ask\\)({?)|$ask(?:\\|\\||or))$leave\$/Di", $text, $found)) {
        return false;
    }
    $at = $to; // a "}" that follows means nothing
    return true;
}
