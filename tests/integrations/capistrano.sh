#!/usr/bin/env bash
# docs/integrations/capistrano.md
# needs: cgi-fcgi cap sshd git useradd
# shellcheck disable=SC2154  # $scratch is of machine.sh

user deploy www-data
php_fpm
mkdir /srv/site
chown deploy: /srv/site
ssh_server deploy

# commit NAME: what the next deployment deploys.
git config --global user.email deploy@example.com
git config --global user.name deploy
git config --global --add safe.directory '*'
git init -q -b main /home/deploy/site.git
commit() {
  mkdir -p /home/deploy/site.git/public
  echo '<?php include __DIR__ . "/../name.php";' >/home/deploy/site.git/public/index.php
  echo "<?php echo '$1';" >/home/deploy/site.git/name.php
  [ "$1" != bad ] || echo '<?php this is bad' >/home/deploy/site.git/public/index.php
  git -C /home/deploy/site.git add .
  git -C /home/deploy/site.git commit -qm "$1"
  chown -R deploy: /home/deploy/site.git
}

# project BLOCK: what `cap install` writes, as far as it matters, with what the page adds.
project() {
  mkdir -p /root/project/config/deploy
  printf '%s\n' 'require "capistrano/setup"' 'require "capistrano/deploy"' 'require "capistrano/scm/git"' \
    'install_plugin Capistrano::SCM::Git' >/root/project/Capfile
  echo 'server "web1.example.com", user: "deploy", roles: %w{app}' >/root/project/config/deploy/production.rb
  {
    printf '%s\n' 'set :application, "site"' 'set :repo_url, "/home/deploy/site.git"' 'set :branch, "main"' \
      'set :deploy_to, "/srv/site"' 'set :format_options, log_file: nil, color: false'
    printf '%s\n' "$1"
  } >/root/project/config/deploy.rb
}
cap() { (cd /root/project && command cap production "$@"); }

project "$(block 'namespace :cachetool')"
commit 1
check "Capistrano deploys a first release" exits 0 cap deploy
check "and it is served" same "$(visits)" 1
before=$(resets)
commit 2
check "Capistrano deploys a second one" exits 0 cap deploy
check "and shows what was done" says 'is served'
check "every visitor gets it" same "$(visits)" 2
check "Capistrano rolls back" exits 0 cap deploy:rollback
check "and every visitor gets the first" same "$(visits)" 1
commit bad
check "a release that does not compile ends the deployment" exits 1 cap deploy
check "and is not live" same "$(visits)" 1
commit 3
project "$(block "after 'deploy:symlink:release', :graceful_reset")"
check "one task does it, too" exits 0 cap deploy
check "and every visitor gets the release" same "$(visits)" 3
check "OPcache was not reset in all this" same "$(resets)" "$before"
