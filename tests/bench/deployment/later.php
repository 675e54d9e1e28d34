<?php
// The page of the application that is switched to and fro: 800 classes by __DIR__, and 40 compiled templates that all releases
// share. It says which release the classes came from, and which one the templates were compiled for.
$seen = ['dir' => [], 'views' => []];
$files = $sum = 0;
for ($i = 1; $i <= 800; ++$i) {
    require __DIR__ . "/parts/Part$i.php";
    $class = "Part$i";
    $seen['dir'][$class::RELEASE] = true;
    $sum += $class::value();
    ++$files;
}
for ($i = 1; $i <= 40; ++$i) {
    $seen['views'][include "@SITE@/shared/views/$i.php"] = true;
}
$text = array_map(static fn (array $releases): string => implode('+', array_keys($releases)), $seen);

header('Content-Type: text/plain');
echo "index=@RELEASE@ dir=$text[dir] current=$text[views] both=$text[views] files=$files sum=$sum\n";
