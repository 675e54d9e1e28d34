<?php
// Regular expressions that a user typed.

/** The PCRE of a pattern without delimiters, which may hold any character: the delimiter is one that nobody types. */
function delimited($pattern)
{
    return "\1" . str_replace("\1", '\x01', $pattern) . "\1";
}

/** Returns the PCRE if PHP can compile it, or refuses it as what the user typed. */
function usable_pattern($pcre, $typed)
{
    if (@preg_match($pcre, '') === false) {
        $notes = note(0);
        $why = $notes ? str_replace('preg_match(): ', '', $notes[count($notes) - 1][1]) : 'preg_match() failed';
        refuse('usage', 'the regular expression "' . $typed . '" cannot be used: ' . $why);
    }
    return $pcre;
}

function matches($pcre, $text)
{
    $found = preg_match($pcre, $text);
    if ($found === false) {
        refuse('usage', 'the regular expression gives up (PCRE error ' . preg_last_error() . ') on ' . $text);
    }
    return $found === 1;
}
