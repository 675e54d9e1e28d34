#!/usr/bin/env bash
# docs/integrations/docker-kubernetes.md
# needs: cgi-fcgi nsenter pgrep /usr/lib/python3/dist-packages/yaml
# shellcheck disable=SC2154  # $scratch is of machine.sh

# No engine runs here. A container is what an engine makes of it: mounts and processes of its own. Those of a pod share the network and
# the volumes, here /srv/site and /run/cachetool. php-fpm's image has a /usr/share of its own.
container='mount -t tmpfs tmpfs /tmp; mount -t tmpfs tmpfs /var/tmp; mount -t tmpfs tmpfs /dev/shm; chmod 1777 /tmp /var/tmp /dev/shm'
start_php() {
  unshare --mount --pid --fork --mount-proc sh -c "$container
    mkdir /run/share && mount --bind /usr/share /run/share && mount -t tmpfs -o mode=0755 tmpfs /usr/share &&
    ln -s /run/share/* /usr/share && rm -f /usr/share/cachetool && mkdir /usr/share/cachetool && exec php-fpm8.2 --nodaemonize" &
  until_true pgrep -f 'php-fpm: master'
  php=$(pgrep -f 'php-fpm: master')
}
in_php() { nsenter --target "$php" --mount --pid "$@"; }
in_another() { unshare --mount --pid --fork --mount-proc sh -c "$container"'; exec "$@"' sh "$@"; }

# The engines' commands, as far as the page uses them.
docker() {
  [ "$1" != compose ] || shift
  shift
  [ "$1" != -T ] || shift
  shift
  in_php "$@"
}
kubectl() {
  same "$1 $2 $3 $5" 'exec deploy/app -c --' || return
  case $4 in
    php) in_php "${@:6}" ;;
    cachetool) in_another env CACHETOOL_FCGI="$(field app "['spec']['template']['spec']['containers'][1]['env'][0]['value']")" "${@:6}" ;;
    *) return 1 ;;
  esac
}
# field FILE PATH: what a YAML parser finds there; a list as words of a shell.
field() {
  /usr/bin/python3 -c "import shlex, sys, yaml
found = yaml.safe_load(sys.stdin)$2
print(shlex.join(found) if isinstance(found, list) else found)" <"$scratch/$1.yml"
}

release 41 42
ln -s releases/41 /srv/site/current
mkdir -m 777 /run/cachetool
printf '%s\n' 'listen = 9000' 'pm = static' 'pm.max_children = 2' >>/etc/php/8.2/fpm/pool.d/www.conf
echo 'opcache.validate_timestamps = 0' >/etc/php/8.2/fpm/conf.d/99-production.ini
echo '127.0.0.1 app' >>/etc/hosts
address=127.0.0.1:9000
visits() { for _ in {1..20}; do run_php /srv/site/current/public/index.php $address; echo; done | sort -u | paste -sd' '; }

block 'startupProbe:' >"$scratch/probe.yml"
probe=$(field probe "['startupProbe']['exec']['command']")
check "the probe fails until php-fpm runs" exits 3 bash -c "$probe"
start_php
until_true visits
php_says 1 $address >/dev/null
check "the probe succeeds when it runs" exits 0 in_php bash -c "$probe"
check "and the application is compiled before a visitor came" \
  same "$(php_says "opcache_is_script_cached('/srv/site/releases/42/name.php')" $address)" true

same "$(visits)" 41
check "each command of the page reaches php-fpm" same "$(block 'docker exec' | wc -l)" 3
n=41
while read -r line; do
  n=$((83 - n))
  ln -sfn releases/$n /srv/site/current
  check "$line" exits 0 eval "$line"
  check "makes every visitor get what is in the volume" same "$(visits)" $n
done < <(block 'docker exec')

block 'apiVersion: apps/v1' >"$scratch/app.yml"
check "the pod's file is YAML" same "$(field app "['kind']")" Deployment
before=$(resets $address)
check "the sidecar sees no process of php-fpm's" exits 1 in_another pgrep php-fpm
check "the sidecar's command works" exits 0 eval "$(block 'kubectl exec deploy/app -c cachetool')"
check "OPcache was reset" same "$(resets $address)" "$((before + 1))"
check "nothing is left in the volume" same "$(find /run/cachetool -type f)" ''

block 'apiVersion: batch/v1' >"$scratch/cronjob.yml"
job=$(field cronjob "['spec']['jobTemplate']['spec']['template']['spec']['containers'][0]['command']")
check "without the agent in the image the job says so" exits 0 in_another bash -c "$job"
check "in a warning" says 'php-fpm cannot see /usr/share/cachetool/agent.php'
copy=$(block 'FROM php:8.3-fpm
COPY agent.php' | sed -n 's/^COPY //p')
in_php sh -c "cachetool agent:show >${copy#* }"
check "the job works" exits 0 in_another bash -c "$job"
check "with the agent in the image" same "$(grep -c 'cannot see' "$scratch/said")" 0
check "and resets nothing where nothing is wasted" says skipped
copy=$(block 'FROM php:8.3-fpm
COPY cachetool' | sed -n 's/^COPY //p')
check "the program is copied where PATH finds it" same "${copy#* }" "$(command -v cachetool)"
