<?php
// Operations on APCu that go through its keys. They need apcu.php and memory.php.

/** Streams the keys, each as "hits memory accessed created modified deleted ttl references length key"; -1 for unknown. */
function do_apcu_keys($arguments)
{
    $info = apcu('apcu_cache_info', true);
    make_room($info['num_entries']);
    $info = apcu('apcu_cache_info');
    $rows = '';
    foreach ($info['cache_list'] as $entry) {
        $rows .= (int) $entry['num_hits'] . ' ' . $entry['mem_size'] . ' ';
        foreach (array('access_time', 'creation_time', 'mtime', 'deletion_time') as $time) {
            $time = unix_time($entry[$time]);
            $rows .= ($time === null ? -1 : $time) . ' ';
        }
        $rows .= $entry['ttl'] . ' ' . $entry['ref_count'] . ' ' . strlen($entry['info']) . ' ' . $entry['info'] . "\n";
        if (strlen($rows) > 60000) {
            chunk('S', $rows);
            $rows = '';
        }
    }
    chunk('S', $rows);
    return count($info['cache_list']);
}

/** Deletes the keys that match, unless it is only a rehearsal, and streams them as "length key". */
function do_apcu_delete_matching($arguments)
{
    apcu('apcu_delete', array());
    $pattern = $arguments['pattern'];
    if ($pattern !== '' && @preg_match($pattern, '') === false) {
        $notes = note(0);
        refuse('usage', $notes ? $notes[count($notes) - 1][1] : 'preg_match() failed');
    }
    $count = 0;
    $rows = '';
    foreach (new \APCUIterator($pattern === '' ? null : $pattern, APC_ITER_KEY, 100) as $key => $ignored) {
        $key = (string) $key;
        if (!$arguments['dry_run'] && !apcu_delete($key)) {
            continue;
        }
        $count++;
        $rows .= strlen($key) . ' ' . $key . "\n";
        if (strlen($rows) > 60000) {
            chunk('S', $rows);
            $rows = '';
        }
    }
    chunk('S', $rows);
    return $count;
}
