<?php
// As much of Deployer as the page needs, for a machine that has none: deployer.php TASK, in the directory of deploy.php.

namespace Deployer;

$settings = array('bin/php' => '/usr/bin/php', 'deploy_path' => '/srv/site', 'current_path' => '/srv/site/current');
$tasks = $hooks = array();

function set($name, $value) { global $settings; $settings[$name] = $value; }
function task($name, $body) { global $tasks; $tasks[$name] = $body; }
function before($name, $do) { global $hooks; $hooks["before $name"][] = $do; }
function after($name, $do) { global $hooks; $hooks["after $name"][] = $do; }
function writeln($text) { echo $text, "\n"; }
function parse($text) {
  global $settings;
  $release = is_link('/srv/site/release') ? realpath('/srv/site/release') : realpath('/srv/site/current');
  $values = $settings + array('release_path' => $release, 'release_or_current_path' => $release);
  return preg_replace_callback('/\{\{(.+?)\}\}/', function ($found) use ($values) { return $values[$found[1]]; }, $text);
}
function run($command, $timeout = 300) {
  exec('timeout ' . $timeout . ' bash -c ' . escapeshellarg(parse($command)), $lines, $code); // nobody sees what it prints
  if ($code !== 0) { echo implode("\n", $lines), "\n"; exit($code); }
  return implode("\n", $lines);
}
function invoke($name) {
  global $tasks, $hooks;
  foreach ($hooks["before $name"] ?? array() as $each) { invoke($each); }
  $tasks[$name]();
  foreach ($hooks["after $name"] ?? array() as $each) { invoke($each); }
}

task('deploy:symlink', function () { run('mv -T /srv/site/release /srv/site/current'); });
task('rollback', function () { run('ln -sfn releases/1 /srv/site/current'); });

// What contrib/cachetool.php runs: these commands, and a download first if nobody has set bin/cachetool.
foreach (array('opcache' => 'opcache:reset', 'apcu' => 'apcu:cache:clear', 'stat' => 'stat:clear') as $name => $command) {
  task("cachetool:clear:$name", function () use ($command) {
    global $settings;
    $option = isset($settings['cachetool']) ? '--fcgi=' . $settings['cachetool'] : '';
    run("cd {{release_or_current_path}} && {{bin/php}} {{bin/cachetool}} $command $option");
  });
}
require getcwd() . '/deploy.php';
invoke($argv[1]);
