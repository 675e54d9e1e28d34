#!/usr/bin/env bash
# docs/integrations/apache-mod-php.md
# needs: apache2 curl /etc/php/8.2/apache2 /var/www
# shellcheck disable=SC2154  # $scratch is of machine.sh

# Debian's Apache and mod_php, as their packages set them up, with a site behind a link.
mkdir -p /var/log/apache2 /run/apache2 /run/lock/apache2
echo 'ServerName web1.example.com' >/etc/apache2/conf-enabled/name.conf
sed -i 's#/var/www/html#/srv/site/current/public#' /etc/apache2/sites-available/000-default.conf
printf '%s\n' '<Directory /srv/site>' 'Require all granted' '</Directory>' >/etc/apache2/conf-enabled/site.conf
echo 'opcache.validate_timestamps = 0' >/etc/php/8.2/apache2/conf.d/99-production.ini
release 41 42 43
# shellcheck disable=SC2016
for each in 41 42 43; do
  echo '<?php echo opcache_get_status(false)["opcache_statistics"]["manual_restarts"];' >"/srv/site/releases/$each/public/resets.php"
done
ln -s releases/41 /srv/site/current
apachectl start
page() { curl -sf "http://web1.example.com/${1:-}"; }
visits() { for _ in {1..12}; do page; echo; done | sort -u | paste -sd' '; }
until_true page
same "$(visits)" 41

block 'Alias /cachetool' >/etc/apache2/conf-available/cachetool.conf
check "Apache takes the directory" exits 0 bash -ec "$(block 'mkdir -p /var/www/cachetool')"
until_true curl -s -o /dev/null http://127.0.0.1/cachetool/
block 'adapter: web' >/etc/cachetool.yml
commands=$(block 'cachetool opcache:status')
before=$(page resets.php)
check "the commands of the page work" exits 0 bash -ec "$commands"
check "the status is told" says 'Cached scripts'
check "OPcache was reset" same "$(page resets.php)" "$((before + 1))"
check "nothing is left in the directory" same "$(find /var/www/cachetool -type f)" ''
check "the options of the page do the same" exits 0 env HOME=/srv bash -c "rm /etc/cachetool.yml; $(sed -n 's/.*it is `\(cachetool [^`]*\)`.*/\1/p' "$scratch/pages/$page.md")"
block 'adapter: web' >/etc/cachetool.yml

ip address add 10.88.0.1/32 dev lo
echo 'secret' >/var/www/cachetool/note
check "this machine gets what is in the directory" exits 0 curl -sf http://127.0.0.1/cachetool/note
check "another one does not" exits 22 curl -sf --interface 10.88.0.1 http://127.0.0.1/cachetool/note
rm /var/www/cachetool/note

deployment=$(block 'cachetool deploy:warm')
check "the deployment of the page works" exits 0 bash -ec "$deployment"
check "every visitor gets the release" same "$(visits)" 42
echo '<?php this is bad' >/srv/site/releases/43/public/index.php
check "a release that does not compile ends it" exits 1 bash -ec "${deployment//42/43}"
check "before it is live" same "$(visits)" 42
ln -sfn releases/41 /srv/site/current
check "deploy:finish resets OPcache, and says why" exits 0 cachetool deploy:finish /srv/site/current
check "because nobody tells the processes" says 'nobody tells which workers'
check "and every visitor gets the release" same "$(visits)" 41
check "stat:clear says that it cleared one" exits 0 cachetool stat:clear
check "by its line" says 'the one worker that answered'
check "there is no php-fpm" exits 3 cachetool fpm:list
check "doctor finds nothing wrong" exits 0 cachetool doctor
check "and misses nothing that php-fpm alone has" same "$(grep -c fpm_get_status "$scratch/said")" 0
ln -sfn releases/42 /srv/site/current
same "$(visits)" 41
apachectl graceful
graceful_was_enough() { same "$(visits)" 42; }
check "after a graceful restart every visitor gets the release" until_true graceful_was_enough
check "and no reset was counted" same "$(page resets.php)" 0
