<?php

/**
 * Follows PATH link by link, past what this worker remembers: its real name, and the directory to which the last link on
 * the way leads. Null for what does not end. The links come into LINKS.
 */
function follow($path, &$links)
{
    $done = '';
    $left = parts($path);
    $behind = 0; // of LEFT, when the last link was met
    for ($steps = 0; $left; ++$steps) {
        $name = array_shift($left);
        if ($steps > 1000) {
            return array(null, null);
        }
        if ($name === '..') {
            $done = rtrim(dirname($done), '/');
        } else {
            $done .= "/$name";
            if (is_link($done)) {
                $links[$done] = true;
                $behind = count($left);
                $target = (string) readlink($done);
                $done = $target !== '' && $target[0] === '/' ? '' : rtrim(dirname($done), '/');
                $left = array_merge(parts($target), $left);
            }
        }
    }
    $release = $done;
    for (; $behind > 0; --$behind) {
        $release = dirname($release);
    }
    return array($done === '' ? '/' : $done, $release);
}

function parts($path)
{
    return array_values(array_diff(explode('/', $path), array('', '.')));
}
