# The site that tests/bench/deploy measures: the application, php-fpm and nginx, in a directory of their own.
# Sourced; $directory and $root are set. Sets $fpm_pid, $nginx_pid, $port.
# shellcheck shell=bash disable=SC2154

socket=$directory/fpm.sock
current=$directory/current
fpm_pid=
nginx_pid=
port=

# write_release NAME [NUMBER]: releases/NAME, whose files say NUMBER. An hour old: OPcache leaves out files that have
# just been written.
write_release() {
  local release=$directory/releases/$1 number=${2:-$1} file
  rm -rf "$release"
  mkdir -p "$release/parts"
  awk -v directory="$release/parts" -v release="$number" -f "$parts/part.awk"
  for file in index.php Answer.php; do
    sed "s|@RELEASE@|$number|; s|@SITE@|$directory|" "$parts/$file" >"$release/$file"
  done
  mv "$release/Answer.php" "$release/parts/"
  find "$release" -exec touch -d '1 hour ago' {} +
}

# renumber_release NAME NUMBER: changes all its files in place, now.
renumber_release() {
  find "$directory/releases/$1" -name '*.php' -exec \
    sed -i "s/RELEASE = [0-9]*/RELEASE = $2/; s/index=[0-9]*/index=$2/; s/'dir' => \[[0-9]*/'dir' => [$2/" {} +
}

# point_to NAME: what a deployment does last: changes the symlink, atomically.
point_to() { ln -sfn "releases/$1" "$current.new" && mv -T "$current.new" "$current"; }

# start_fpm WORKERS PROCESS_CONTROL_TIMEOUT [PHP-OPTION...]: one pool at $socket; another one where $other_pool holds the
# lines of its configuration.
start_fpm() {
  local workers=$1 control_timeout=$2 as_root=() user=''
  shift 2
  fpm_command=("$(PATH=$PATH:/usr/sbin command -v php-fpm8.2)" -n -F -y "$directory/fpm.conf" -d zend_extension=opcache.so -d extension=tokenizer.so
    -d opcache.memory_consumption=512 -d opcache.max_accelerated_files=20000 -d opcache.validate_timestamps=0 "$@")
  if [ "$(id -u)" -eq 0 ]; then
    fpm_command+=(-R)
    user=$(printf '%s = www-data\n' user group listen.owner listen.group)
  fi
  {
    printf '[global]\ndaemonize = no\nerror_log = %s/fpm.log\nprocess_control_timeout = %s\n' "$directory" "$control_timeout"
    printf '[www]\nlisten = %s\nlisten.mode = 0666\npm = static\npm.max_children = %s\n%s\n' "$socket" "$workers" "$user"
    [ -z "${other_pool:-}" ] || printf '[other]\nlisten = %s/other.sock\npm = static\n%s\n%s\n' "$directory" "$user" "$other_pool"
  } >"$directory/fpm.conf"
  restart_fpm
}

# Ends php-fpm if it runs, and starts it as before.
restart_fpm() {
  stop_fpm
  : >"$directory/fpm.log"
  "${fpm_command[@]}" >>"$directory/fpm.log" 2>&1 &
  fpm_pid=$!
  await_fpm 1
}

# await_fpm COUNT: until php-fpm has said COUNT times that it is ready.
await_fpm() {
  for _ in {1..600}; do
    [ "$(grep -c 'ready to handle connections' "$directory/fpm.log")" -lt "$1" ] || return 0
    kill -0 "$fpm_pid" 2>/dev/null || break
    sleep 0.05
  done
  cat "$directory/fpm.log" >&2
  die "php-fpm does not start"
}

# Has php-fpm reload, and waits until it has.
reload_fpm() {
  local before
  before=$(grep -c 'ready to handle connections' "$directory/fpm.log")
  kill -USR2 "$fpm_pid"
  await_fpm $((before + 1))
}

stop_fpm() { end_process "$fpm_pid" && fpm_pid=; }
stop_nginx() { end_process "$nginx_pid" && nginx_pid=; }

# end_process PID: a child of ours; within five seconds, whatever it does. Nothing without a PID.
end_process() {
  [ -n "$1" ] || return 0
  kill -TERM "$1" 2>/dev/null || true
  for _ in {1..500}; do
    kill -0 "$1" 2>/dev/null || break
    sleep 0.01
  done
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# start_nginx [ROOT_VARIABLE] [KEEP_CONNECTIONS]: on a free port of 127.0.0.1.
start_nginx() {
  local root_variable=${1:-document_root} keep=${2:-0}
  stop_nginx
  for _ in {1..20}; do
    port=$((20000 + RANDOM % 12000))
    write_nginx_conf "$root_variable" "$keep"
    "$(PATH=$PATH:/usr/sbin command -v nginx)" -p "$directory" -c "$directory/nginx.conf" -e "$directory/nginx.log" \
      2>>"$directory/nginx.log" &
    nginx_pid=$!
    for _ in {1..100}; do
      kill -0 "$nginx_pid" 2>/dev/null || break
      if curl -sf --max-time 5 "http://127.0.0.1:$port/alive" >/dev/null; then return 0; fi
      sleep 0.02
    done
    stop_nginx
  done
  cat "$directory/nginx.log" >&2
  die "nginx does not start"
}

write_nginx_conf() {
  local user='' keepalive='' keep_conn=off
  [ "$(id -u)" -ne 0 ] || user='user www-data;'
  [ "$2" -eq 0 ] || { keepalive="keepalive $2;" keep_conn=on; }
  sed "s|@USER@|$user|; s|@DIRECTORY@|$directory|; s|@PORT@|$port|; s|@ROOT@|\$$1|
    s|@KEEPALIVE@|$keepalive|; s|@KEEP_CONN@|$keep_conn|" "$parts/nginx.conf" >"$directory/nginx.conf"
}
