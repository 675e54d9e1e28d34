#!/usr/bin/env bash
# docs/integrations/github-actions.md
# needs: cgi-fcgi sshd rsync useradd /usr/lib/python3/dist-packages/yaml
# shellcheck disable=SC2154  # $scratch is of machine.sh

# The step's script as GitHub reads it from the file: by a YAML parser.
field() { /usr/bin/python3 -c "import sys, yaml; print(yaml.safe_load(sys.stdin)$1)" <"$scratch/deploy.yml"; }

user deploy
user runner
php_fpm
site
chown -R deploy: /srv/site
ssh_server deploy

block 'name: deploy' >"$scratch/deploy.yml"
check "the file is YAML, and its last step is the one that deploys" \
  same "$(field "['jobs']['deploy']['steps'][-1]['name']")" 'Put the release live'
check "the step asks for two values" \
  same "$(field "['jobs']['deploy']['steps'][-1]['env']")" "{'SSH_KEY': '\${{ secrets.SSH_KEY }}', 'SSH_KNOWN_HOSTS': '\${{ vars.SSH_KNOWN_HOSTS }}'}"
field "['jobs']['deploy']['steps'][-1]['run']" >"$scratch/step"

check "the user may connect to the pool after the line that lets him" exits 0 bash -c "$(block 'usermod')"
check "the hosts' keys are to be had" exits 0 bash -c "$(block 'ssh-keyscan')"
known_hosts=$(bash -c "$(block 'ssh-keyscan')" 2>/dev/null)

# push NAME: the checkout of a commit, and the step as the runner runs it.
push() {
  release "$1"
  rm -rf /home/runner/work
  mv "/srv/site/releases/$1" /home/runner/work
  mkdir /home/runner/work/.git
  chown -R runner: /home/runner/work
  cd /home/runner/work || return
  as runner GITHUB_SHA="$1" SSH_KEY="$(cat /root/.ssh/id_rsa)" SSH_KNOWN_HOSTS="$known_hosts" bash -e "$scratch/step"
}

before=$(resets)
check "the step puts the release live" exits 0 push 3f2a91c
check "and shows what was done" says 'is served'
check "every visitor gets the release" same "$(visits)" 3f2a91c
check "the repository was not uploaded" test ! -e /srv/site/releases/3f2a91c/.git
check "OPcache was not reset" same "$(resets)" "$before"
check "the key is the runner's alone" same "$(stat -c %a /home/runner/.ssh/id_deploy)" 600
release() { mkdir -p "/srv/site/releases/$1/public" && echo '<?php this is bad' >"/srv/site/releases/$1/public/index.php"; }
check "a release that does not compile fails the job" exits 1 push badc0de
check "and is not live" same "$(visits)" 3f2a91c
check "a rollback is the same command" exits 0 ssh deploy@web1.example.com "cachetool deploy:switch /srv/site/current /srv/site/releases/41"
check "and every visitor gets the release of before" same "$(visits)" 41
