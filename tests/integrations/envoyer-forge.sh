#!/usr/bin/env bash
# docs/integrations/envoyer-forge.md
# needs: cgi-fcgi git php useradd setpriv
# shellcheck disable=SC2154  # $scratch is of machine.sh

user forge
php_fpm 'user = forge' 'group = forge' 'listen.owner = forge' 'listen.group = forge'
site
chown -R forge: /srv/site

# hook TEXT: as Envoyer runs it on release 42.
hook() { as forge bash -c "${1//'{{ release }}'//srv/site/releases/42}"; }
line() { sed -n "$1p"; }

before=$(resets)
switch() { ln -sfn "releases/$1" /srv/site/current; }

switch 42
check "the line brings a release that was switched to up to date" exits 0 as forge bash -c "$(block 'cachetool opcache:reset')"
check "every visitor gets the new release" same "$(visits)" 42
check "OPcache was not reset" same "$(resets)" "$before"

switch 41
hook "$(block 'cd {{ release }} && cachetool opcache:reset')" >/dev/null
check "Envoyer's hook does the same" same "$(visits)" 41

hooks=$(block 'cd {{ release }} && cachetool deploy:warm')
check "Envoyer's first hook compiles the release" exits 0 hook "$(line 1 <<<"$hooks")"
check "which is not live by then" same "$(visits)" 41
switch 42
check "Envoyer's second hook finishes the switch" exits 0 hook "$(line 2 <<<"$hooks")"
check "every visitor gets it" same "$(visits)" 42

echo '<?php this is bad' >/srv/site/releases/42/public/index.php
check "a release that does not compile ends the deployment" exits 1 hook "$(line 1 <<<"$hooks")"
release 42

script=$(block '$ACTIVATE_RELEASE()')
check "Forge's script goes live by its macro" exits 0 as forge bash -c "${script/'$ACTIVATE_RELEASE()'/ln -sfn releases/41 /srv/site/current}"
check "and every visitor gets the release" same "$(visits)" 41

# A site without releases: its files are pulled in place.
as forge sh -ec '
  git config --global user.email forge@example.com; git config --global user.name Forge
  git init -q -b main ~/origin; cd ~/origin; echo "<?php echo 1;" >index.php; git add .; git commit -qm 1
  git clone -q ~/origin ~/example.com'
touch -d '1 hour ago' /home/forge/example.com/index.php
same "$(run_php /home/forge/example.com/index.php)" 1
as forge sh -ec 'cd ~/origin; echo "<?php echo 2;" >index.php; git commit -qam 2'
check "Forge's script pulls and brings the files up to date" exits 0 \
  as forge FORGE_SITE_BRANCH=main bash -c "$(block 'cd /home/forge/example.com')"
check "the new file is served" same "$(run_php /home/forge/example.com/index.php)" 2
check "OPcache was not reset in all this" same "$(resets)" "$before"

block 'reset: graceful' >/etc/cachetool.yml
switch 42
check "opcache:reset is graceful by the config file" exits 0 as forge cachetool opcache:reset
check "every visitor gets the new release by that, too" same "$(visits)" 42
switch 41
check "the stub is, too" exits 0 as forge php /usr/local/share/cachetool/cachetool.phar opcache:reset
check "and every visitor gets it" same "$(visits)" 41
check "OPcache was still not reset" same "$(resets)" "$before"
