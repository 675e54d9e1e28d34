# What the scripts share; sourced by them, with $root set to the top of the source tree.
# shellcheck shell=bash disable=SC2034,SC2154

build_packages=(g++ cmake ninja-build catch2 libfmt-dev libspdlog-dev libcli11-dev libyaml-cpp-dev libncurses-dev nlohmann-json3-dev)
php_packages=(php8.2-fpm php8.2-cli php8.2-opcache php8.2-apcu curl)
# What some tests measure and break things with.
test_packages=(strace valgrind util-linux iproute2 libfcgi-bin systemd)

say() { printf '%s\n' "$@"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 2; }

# step TEXT COMMAND...: one line when it went well, with its time; the whole output when not.
step() {
  local text=$1 started=$SECONDS output status=0
  shift
  output=$("$@" 2>&1) || status=$?
  if [ "$status" -ne 0 ]; then
    printf '%s\n' "$output"
    say "FAILED  $text ($((SECONDS - started)) s)"
    return "$status"
  fi
  say "ok      $text ($((SECONDS - started)) s)"
}

# need_packages PACKAGE...: installs the Debian packages that are not there, and has systemd start none of their services. Without apt
# nothing is checked: the build says what it misses.
need_packages() {
  local missing=() package
  command -v dpkg-query >/dev/null || return 0
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
    if ! sudo -n true 2>/dev/null; then
      say "packages are missing; as root: apt-get install ${missing[*]}"
      return 1
    fi
  fi
  step "apt-get update" "${as_root[@]}" apt-get -q update || return
  step "apt-get install ${missing[*]}" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 \
    apt-get -qy install --no-install-recommends "${missing[@]}"
}

# build PRESET [TARGET...]: all targets without TARGET. With CACHETOOL_STRICT=1 warnings are errors in every preset.
build() {
  local preset=$1
  shift
  cd "$root" && cmake --preset "$preset" ${CACHETOOL_STRICT:+-DCACHETOOL_STRICT=ON} && cmake --build --preset "$preset" ${1:+--target "$@"}
}

# start_php_fpm DIRECTORY [PHP-FPM-OPTION...]: a php-fpm with one pool on DIRECTORY/fpm.sock; its pid is in $fpm_pid.
# Run by root, its workers are www-data.
start_php_fpm() {
  local directory=$1 as_root=()
  shift
  {
    printf '[global]\ndaemonize = no\nerror_log = %s/fpm.log\n' "$directory"
    printf '[www]\nlisten = %s/fpm.sock\npm = static\npm.max_children = 2\n' "$directory"
    if [ "$(id -u)" -eq 0 ]; then printf 'user = www-data\ngroup = www-data\n'; fi
  } >"$directory/fpm.conf"
  if [ "$(id -u)" -eq 0 ]; then as_root=(-R); fi
  : >"$directory/fpm.log"
  "$(PATH=$PATH:/usr/sbin command -v php-fpm8.2)" -n -F "${as_root[@]}" -y "$directory/fpm.conf" \
    -d zend_extension=opcache.so -d extension=tokenizer.so "$@" >>"$directory/fpm.log" 2>&1 &
  fpm_pid=$!
  for _ in {1..100}; do
    grep -q 'ready to handle connections' "$directory/fpm.log" && return
    kill -0 "$fpm_pid" 2>/dev/null || break
    sleep 0.05
  done
  cat "$directory/fpm.log" >&2
  die "php-fpm does not start"
}

# Ends the php-fpm that start_php_fpm started; within five seconds, whatever it does.
stop_php_fpm() {
  [ -n "${fpm_pid:-}" ] || return 0
  kill -TERM "$fpm_pid" 2>/dev/null || true
  for _ in {1..100}; do
    kill -0 "$fpm_pid" 2>/dev/null || break
    sleep 0.05
  done
  kill -KILL "$fpm_pid" 2>/dev/null || true
  wait "$fpm_pid" 2>/dev/null || true
  fpm_pid=
}
