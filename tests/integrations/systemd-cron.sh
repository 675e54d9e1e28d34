#!/usr/bin/env bash
# docs/integrations/systemd-cron.md
# needs: cgi-fcgi systemd-analyze
# shellcheck disable=SC2154  # $scratch is of machine.sh

php_fpm
site
cachetool deploy:switch /srv/site/current /srv/site/releases/42 >/dev/null
same "$(visits)" 42

# As cron runs a line: with sh, and its own PATH unless the file sets one. That is /usr/bin:/bin, here without a cachetool that a package
# put there.
mkdir "$scratch/bin"
ln -s /usr/bin/* "$scratch/bin"
rm -f "$scratch/bin/cachetool"
cron_line() {
  local path=${2:-$scratch/bin}
  env -i HOME=/root LOGNAME=root SHELL=/bin/sh PATH="$path" /bin/sh -c "$(sed -nE "$1s/^([^ ]+ +){5}root +//p" "$scratch/cron")"
}
cached() { php_says "count(array_filter(array_keys(opcache_get_status()['scripts']), fn(\$path) => str_contains(\$path, '/releases/$1/')))"; }
valid() { php_says "opcache_is_script_cached('/srv/site/releases/$1/name.php')"; }

block 'PATH=' >"$scratch/cron"
path=$(sed -n 's/^PATH=//p' "$scratch/cron")
check "the old release is still known" same "$(valid 41)" true
check "without the line that sets PATH cron finds no program" exits 127 cron_line 2
check "the first line of cron works" exits 0 cron_line 2 "$path"
check "and says nothing" says_nothing
check "the old release is forgotten" same "$(valid 41)" false
check "the live one is not" same "$(valid 42)" true
before=$(resets)
check "the second line of cron works" exits 0 cron_line 3 "$path"
check "and says nothing, either" says_nothing
check "it resets nothing where nothing is wasted" same "$(resets)" "$before"

# Two units on a system that systemd does not run.
units=/etc/systemd/system
block '[Unit]
Description=Forget what' >$units/cachetool-prune.service
block '[Unit]
Description=Forget releases' >$units/cachetool-prune.timer
check "systemd finds nothing wrong with the units" \
  systemd-analyze verify --man=no --recursive-errors=no $units/cachetool-prune.service $units/cachetool-prune.timer
check "systemd knows the time" systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' $units/cachetool-prune.timer)"
exec_start() { sed -n "s/^$1=-\{0,1\}//p"; }
cachetool deploy:switch /srv/site/current /srv/site/releases/41 >/dev/null
visits >/dev/null
check "the service's command works in an empty environment" exits 0 env -i /bin/sh -c "exec $(exec_start ExecStart <$units/cachetool-prune.service)"
check "and says what it forgot" says forgotten
check "the release that is not live is forgotten" same "$(valid 42)" false
check "PrivateTmp does no harm" exits 0 unshare --mount sh -c "mount -t tmpfs t /tmp && mount -t tmpfs t /var/tmp && exec $(exec_start ExecStart <$units/cachetool-prune.service)"
check "systemctl knows these commands" test "$(block 'systemctl daemon-reload' | awk '$1 == "systemctl" && /daemon-reload|enable --now cachetool-prune.timer|start cachetool-prune.service/' | wc -l)" = 3

mkdir -p $units/php8.2-fpm.service.d
block '[Service]
ExecStartPost' >$units/php8.2-fpm.service.d/warm.conf
cachetool opcache:reset -q
check "what php-fpm's unit runs after its start works" exits 0 env -i /bin/sh -c "exec $(exec_start ExecStartPost <$units/php8.2-fpm.service.d/warm.conf)"
check "and the release is cached before a visitor came" same "$(valid 41)" true
