#!/usr/bin/env bash
# docs/integrations/deployer.md
# needs: cgi-fcgi php useradd
# shellcheck disable=SC2154  # $scratch is of machine.sh

# Deployer itself if CACHETOOL_TEST_DEPLOYER named its phar, else what it does with the lines of the page.
user deployer www-data
php_fpm
release 1 2 3
ln -s releases/1 /srv/site/current
mkdir /srv/site/.dep
printf '%s\n' '{"release_name":"1"}' '{"release_name":"2"}' '{"release_name":"3"}' >/srv/site/.dep/releases_log
chown -R deployer: /srv/site
same "$(visits)" 1

# recipe TEXT: deploy.php with these lines.
recipe() {
  mkdir -p /srv/project
  printf '%s\n' '<?php' 'namespace Deployer;' >/srv/project/deploy.php
  if [ -f "$scratch/deployer.phar" ]; then
    printf '%s\n' "require 'recipe/common.php';" "localhost('web1')->set('deploy_path', '/srv/site');" >>/srv/project/deploy.php
  else
    mkdir -p /srv/project/contrib
    touch /srv/project/contrib/cachetool.php
  fi
  printf '%s\n' "$1" >>/srv/project/deploy.php
}
dep() {
  cd /srv/project || return
  if [ -f "$scratch/deployer.phar" ]; then
    as deployer php "$scratch/deployer.phar" "$@" web1 --no-interaction
  else
    as deployer php -d include_path=/srv/project "$scratch/tests/deployer.php" "$@"
  fi
}
# deploy NUMBER: what Deployer's recipe has done up to the switch of the link.
deploy() {
  as deployer ln -sfn "releases/$1" /srv/site/release
  dep deploy:symlink
}

recipe "$(block "require 'contrib/cachetool.php'")"
before=$(resets)
check "Deployer's own recipe resets OPcache, by the stub" exits 0 deploy 2
check "OPcache was reset" same "$(resets)" "$((before + 1))"
check "every visitor gets the release" same "$(visits)" 2
check "nothing was downloaded" test ! -e /srv/site/releases/2/cachetool.phar
check "it can clear APCu, too" exits 0 dep cachetool:clear:apcu
check "and the realpath caches" exits 0 dep cachetool:clear:stat

block 'reset: graceful' >/etc/cachetool.yml
before=$(resets)
check "by the config file the same recipe resets nothing" exits 0 deploy 3
check "and every visitor gets the release" same "$(visits)" 3
check "OPcache was not reset" same "$(resets)" "$before"
rm /etc/cachetool.yml

recipe "$(block "task('cachetool:warm'")"
check "our recipe puts a release live" exits 0 deploy 2
check "and shows what was done" says 'is served'
check "every visitor gets it" same "$(visits)" 2
ln -sfn releases/3 /srv/site/current
check "the rollback is finished as well" exits 0 dep cachetool:finish
check "and every visitor gets the release of before" same "$(visits)" 3
echo '<?php this is bad' >/srv/site/releases/2/public/index.php
check "a release that does not compile ends the deployment" exits 1 deploy 2
check "and is not live" same "$(visits)" 3
check "OPcache was not reset by our recipe" same "$(resets)" "$before"
