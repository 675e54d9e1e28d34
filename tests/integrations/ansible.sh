#!/usr/bin/env bash
# docs/integrations/ansible.md
# needs: cgi-fcgi ansible-playbook sshd
# shellcheck disable=SC2154  # $scratch is of machine.sh

# web2: another machine, behind a cable of its own, with a php-fpm and a site of its own.
second_machine() {
  mount -t tmpfs -o mode=0755,size=300m tmpfs /srv
  mount -t tmpfs -o mode=0755,size=300m tmpfs /usr/local
  mount -t tmpfs -o mode=0755,size=300m tmpfs /run
  mkdir -p /run/php /run/sshd /usr/local/bin
  cp -a /etc /run/etc
  mount --bind /run/etc /etc
  hostname web2
  site_of_two
  /usr/sbin/sshd -o UsePAM=no -o PidFile=none -o ListenAddress=10.88.0.2
  php-fpm8.2 --nodaemonize
}
site_of_two() {
  release 41
  ln -s releases/41 /srv/site/current
}
connect() {
  ip netns add web2
  ip link add cable type veth peer name cable netns web2
  ip address add 10.88.0.1/24 dev cable
  ip link set cable up
  ip -n web2 address add 10.88.0.2/24 dev cable
  ip -n web2 link set cable up
  ip -n web2 link set lo up
  echo '10.88.0.2 web2 web2.example.com' >>/etc/hosts
}
# on HOST FUNCTION: what a function says there.
on() { ssh "$1" "$(declare -f run_php visits php_says resets); $2"; }

ssh_server root
php_fpm
site_of_two
connect
declare -f second_machine site_of_two release >"$scratch/second"
ip netns exec web2 unshare --mount --uts --pid --fork --mount-proc bash -c ". $scratch/second; second_machine" >"$scratch/second.log" 2>&1 &
until_true ssh-keyscan -t ecdsa web2
ssh-keyscan -t ecdsa web2 web2.example.com 2>/dev/null >>/root/.ssh/known_hosts
until_true ssh web2 test -S /run/php/php8.2-fpm.sock

project=/root/project
mkdir -p $project/roles/cachetool/{tasks,handlers,files} $project/build
cp "$scratch/cachetool" $project/roles/cachetool/files/
rm /usr/local/bin/cachetool
printf '%s\n' '[web]' web1.example.com web2.example.com >$project/hosts
printf '%s\n' '[defaults]' 'inventory = hosts' 'interpreter_python = /usr/bin/python3' 'retry_files_enabled = False' 'gathering = explicit' \
  'nocows = True' '[ssh_connection]' 'pipelining = True' 'ssh_args = -o ControlMaster=auto -o ControlPersist=30s' >$project/ansible.cfg
block '- name: Install the program' >$project/roles/cachetool/tasks/main.yml
block '- name: Bring OPcache' >$project/roles/cachetool/handlers/main.yml
block '- hosts: web
  roles:' >$project/update.yml
block '- hosts: web
  any_errors_fatal' >$project/deploy.yml
block '- hosts: web
  tasks:' >$project/look.yml
playbook() { (cd $project && ansible-playbook "$@"); }
build() { rm -rf $project/build; mv /srv/site/releases/"$1" $project/build; }

mkdir /srv/app
printf '<?php echo "old";' >/srv/app/index.php
touch -d '1 hour ago' /srv/app/index.php
same "$(run_php /srv/app/index.php)" old
printf '<?php echo "new";' >$project/build/index.php
before=$(resets)
check "the playbook installs the program and uploads the code" exits 0 playbook update.yml
check "the handler ran on both hosts" same "$(grep -A2 '^RUNNING HANDLER' "$scratch/said" | grep -c '^changed: \[web[12]')" 2
check "the new code is served" same "$(run_php /srv/app/index.php) $(on web2 'run_php /srv/app/index.php')" 'new new'
check "OPcache was not reset" same "$(resets)" "$before"
check "a second run changes nothing" exits 0 playbook update.yml
check "and no handler ran" same "$(grep -c 'changed=0' "$scratch/said")" 2

release 42
build 42
same "$(visits)" 41
same "$(on web2 visits)" 41
check "nothing is done with --check" exits 0 playbook deploy.yml -e release=42 --check
check "so the old release is served" same "$(visits) $(on web2 visits)" '41 41'
check "the release is put live" exits 0 bash -c "cd $project && $(block 'ansible-playbook deploy.yml')"
check "and served by both hosts" same "$(visits) $(on web2 visits)" '42 42'
check "OPcache was reset on none" same "$(resets) $(on web2 resets)" "$before 0"
check "there is room for another one, as the playbook reads from the JSON" exits 0 playbook look.yml --check
release 43
build 43
echo '<?php this is bad' >$project/build/public/index.php
check "a release that does not compile fails" exits 2 playbook deploy.yml -e release=43
check "and goes live on no host" same "$(visits) $(on web2 visits)" '42 42'
