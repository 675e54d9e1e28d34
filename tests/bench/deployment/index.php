<?php
// The page of the application: includes 300 classes in four ways, and says which release each of them came from.
//
//   ?both=dir|current  how the classes are reached that are reached either way
//   ?sleep=MS          waits in the middle, as for a database, and includes the rest only then
require __DIR__ . '/parts/Answer.php';

$answer = new Answer();
$current = '@SITE@/current/parts';
$both = ($_GET['both'] ?? 'dir') === 'dir' ? __DIR__ . '/parts' : $current;

$answer->add('dir', __DIR__ . '/parts', 1, 130);
usleep(1000 * (int) ($_GET['sleep'] ?? 0));
$answer->add('dir', __DIR__ . '/parts', 131, 260);
$answer->add('current', $current, 261, 280);
$answer->add('both', $both, 281, 300);

header('Content-Type: text/plain');
echo 'index=@RELEASE@ ', $answer->text(), "\n";
