<?php

/** What a file looks like, by stat(): a change of its content changes this. */
function look($stat)
{
    return "$stat[dev] $stat[ino] $stat[size] $stat[mtime] $stat[ctime]";
}
