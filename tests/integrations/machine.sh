#!/usr/bin/env bash
# The machine on which a page is followed: machine.sh SCRATCH PAGE, in namespaces of its own (tests/integrations/run).
set -euo pipefail
scratch=$1
page=$2
failed=0
checked=0
: >"$scratch/used"

# ---- the page

# block BEGIN: the indented block of the page whose first line begins so, without its indent. Of a block that shows a command and
# what it prints ("$ "), the commands.
block() {
  local text
  text=$(blocks | awk -v begin="$1" '
    BEGIN { RS = "\0" }
    index($0, begin) == 1 { printf "%s", $0; found = 1; exit }
    END { exit !found }') || { echo "the page has no block that begins: $1" >&2; return 1; }
  printf '%s\n\0' "$text" >>"$scratch/used"
  printf '%s\n' "$text"
}

# All blocks, each ended by a NUL.
blocks() {
  awk '
    function flush() { if (text != "") printf "%s%c", text, 0; text = ""; gap = "" }
    /^    / {
      line = substr($0, 5)
      if (text == "") { shown = line ~ /^\$ / }
      if (!shown) { text = text gap line "\n" } else if (line ~ /^\$ /) { text = text substr(line, 3) "\n" }
      gap = ""
      next
    }
    /^$/ { if (text != "") gap = gap "\n"; next }
    { flush() }
    END { flush() }' "$scratch/pages/$page.md"
}

# Each block of the page was asked for.
every_block_was_used() {
  local text status=0
  local -A used
  while IFS= read -r -d '' text; do used[$text]=1; done <"$scratch/used"
  while IFS= read -r -d '' text; do
    [ -n "${used[$text]:-}" ] || { echo "no test runs this block: $text"; status=1; }
  done < <(blocks)
  return "$status"
}

# ---- what is claimed

# check SENTENCE COMMAND...: the command must end with 0.
check() {
  local sentence=$1 output status=0
  shift
  checked=$((checked + 1))
  output=$("$@" 2>&1) || status=$?
  if [ "$status" -eq 0 ]; then
    echo "ok      $sentence"
    return
  fi
  failed=$((failed + 1))
  printf 'FAILED  %s\n  %s ended with %s\n%s\n' "$sentence" "$*" "$status" "$(tail -c 3000 <<<"$output")"
}

# exits CODE COMMAND...: the command ends with that code; what it printed is in $scratch/said.
exits() {
  local wanted=$1 status=0
  shift
  "$@" >"$scratch/said" 2>&1 || status=$?
  cat "$scratch/said"
  [ "$status" -eq "$wanted" ]
}

# says COMMAND-OUTPUT-PATTERN: what the last command of exits() printed has such a line.
says() { grep -qE -- "$1" "$scratch/said"; }
says_nothing() { [ ! -s "$scratch/said" ]; }

same() { [ "$1" = "$2" ] || { printf 'is: %s\nshould be: %s\n' "$1" "$2"; return 1; }; }

# until_true COMMAND...: waits for it, ten seconds at most.
until_true() {
  local tries
  for tries in {1..200}; do
    "$@" >/dev/null 2>&1 && return
    sleep 0.05
  done
  echo "not so after $tries looks: $*"
  return 1
}

# ---- the machine

# Directories of its own in the place of those that the page, the tools and php-fpm write to. /etc is a copy. Only some machines have
# /var/www: a page that writes there needs it.
make_machine() {
  local directory
  cp -a /etc "$scratch/etc"
  mount --bind "$scratch/etc" /etc
  for directory in /srv /home /root /run /usr/local /var/log /var/www /dev/shm; do
    [ -d "$directory" ] || continue
    mount -t tmpfs -o mode=0755,size=300m tmpfs "$directory"
  done
  chmod 1777 /dev/shm
  mkdir -p /run/php /run/sshd /run/lock /usr/local/bin /usr/local/share/cachetool
  install -m 755 "$scratch/cachetool" /usr/local/bin/
  install -m 644 "$scratch/cachetool.phar" /usr/local/share/cachetool/
  ip link set lo up
  hostname web1
  echo '127.0.0.1 localhost web1 web1.example.com' >/etc/hosts
}

# user NAME [GROUP,...]: a user with a home and bash.
user() { useradd --create-home --shell /bin/bash ${2:+--groups "$2"} "$1"; }

# as USER COMMAND...: as sshd runs it: a session of its own, no more in the environment than login gives.
as() {
  local name=$1 home
  shift
  home=$(getent passwd "$name" | cut -d: -f6)
  setpriv --reuid "$name" --regid "$(id -g "$name")" --init-groups \
    env -i HOME="$home" USER="$name" LOGNAME="$name" SHELL=/bin/bash PATH=/usr/local/bin:/usr/bin:/bin "$@"
}

# php_fpm [LINE...]: Debian's php-fpm with its stock pool www on /run/php/php8.2-fpm.sock, and these further lines in the pool.
# Two workers and no look at timestamps, as in production.
php_fpm() {
  printf '%s\n' 'pm = static' 'pm.max_children = 2' "$@" >>/etc/php/8.2/fpm/pool.d/www.conf
  echo 'opcache.validate_timestamps = 0' >/etc/php/8.2/fpm/conf.d/99-production.ini
  php-fpm8.2 --daemonize
  until_true test -S /run/php/php8.2-fpm.sock
}

# ssh_server USER: an sshd on port 22, which lets root of this machine in as USER.
ssh_server() {
  local home
  home=$(getent passwd "$1" | cut -d: -f6)
  install -d -m 700 "$home/.ssh" /root/.ssh
  ssh-keygen -q -t rsa -b 2048 -m PEM -N "" -f /root/.ssh/id_rsa
  cp /root/.ssh/id_rsa.pub "$home/.ssh/authorized_keys"
  chown -R "$1:" "$home/.ssh"
  usermod --password '*' "$1"  # no password, but not locked
  rm -f /etc/ssh/ssh_host_*
  ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key
  /usr/sbin/sshd -o UsePAM=no -o PidFile=none
  until_true ssh-keyscan -t ecdsa web1
  ssh-keyscan -t ecdsa web1 web1.example.com 127.0.0.1 2>/dev/null >/root/.ssh/known_hosts
}

# release NAME...: releases of the site, an hour old, because OPcache keeps no file that is younger than two seconds.
release() {
  local name
  for name; do
    mkdir -p "/srv/site/releases/$name/public"
    echo '<?php include __DIR__ . "/../name.php";' >"/srv/site/releases/$name/public/index.php"
    echo "<?php echo '$name';" >"/srv/site/releases/$name/name.php"
    touch -d '1 hour ago' "/srv/site/releases/$name"/{name.php,public/index.php}
  done
}

# A site with two releases, of which 41 is live and was visited.
site() {
  release 41 42
  ln -s releases/41 /srv/site/current
  same "$(visits)" 41
}

# run_php FILE [ADDRESS]: what php-fpm answers, past this program.
run_php() {
  env -i SCRIPT_FILENAME="$1" REQUEST_METHOD=GET cgi-fcgi -bind -connect "${2:-/run/php/php8.2-fpm.sock}" 2>/dev/null |
    sed '1,/^\r*$/d'
}

# visits: which releases answer at the link, over twenty requests.
visits() {
  for _ in {1..20}; do run_php /srv/site/current/public/index.php; echo; done | sort -u | paste -sd' '
}

# php_says EXPRESSION [ADDRESS]: its value in php-fpm, past this program.
php_says() {
  local file=/srv/says.php
  # shellcheck disable=SC2016
  echo "<?php opcache_invalidate(__FILE__, true); echo json_encode($1);" >"$file"
  run_php "$file" "${2:-}"
}
resets() { php_says "opcache_get_status(false)['opcache_statistics']['manual_restarts']" "${1:-}"; }

trap 'echo "stopped at line $LINENO of $page.sh: $BASH_COMMAND"' ERR
make_machine
cd /
# shellcheck source=/dev/null
. "$scratch/tests/$page.sh"
check "each block of the page was run" every_block_was_used
echo "$checked checked, $failed wrong"
[ "$failed" -eq 0 ]
