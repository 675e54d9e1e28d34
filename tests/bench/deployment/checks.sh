# What must hold whatever the load: each check is done once, and passes or fails. Sourced by tests/bench/deploy.
# shellcheck shell=bash disable=SC2154

failed_checks=0

run_checks() {
  : >"$out/checks.md"
  say '| check | |' '|---|---|' >>"$out/checks.md"
  check_rollback 'validate_timestamps=0' document_root
  check_rollback 'validate_timestamps=1' document_root -d opcache.validate_timestamps=1
  check_rollback '$realpath_root' realpath_root
  check_warm
  check_prune
  check_keep_alive
  check_forbidden_pool
  check_held_pool
  return $((failed_checks > 0))
}

# verdict TEXT COMMAND...: passes if COMMAND does.
verdict() {
  local text=$1
  shift
  if "$@"; then
    say "ok      $text"
    say "| $text | ok |" >>"$out/checks.md"
  else
    say "FAILED  $text"
    say "| $text | FAILED |" >>"$out/checks.md"
    failed_checks=$((failed_checks + 1))
  fi
}

# The site as it was in the beginning: release 1 is live, and nothing but it is cached.
fresh_site() {
  write_release 1
  write_release 2
  point_to 1
  start_fpm 8 0 "$@"
  visit 200 >/dev/null
}

# all_from RELEASE [PAGE]: 200 requests, all answered by RELEASE.
all_from() {
  local requests failed old new mixed
  read -r requests failed old new mixed _ < <(visit 200 "${2:-index.php}" | judge "$1")
  [ "$new" -eq 200 ] || { say "        expected 200 answers from release $1: $new of $requests were; old $old, mixed $mixed, failed $failed"; false; }
}

# warm_from RELEASE: the same, and none of the 200 finds a script missing in OPcache.
warm_from() {
  local before after
  misses >/dev/null  # it may be a miss itself
  before=$(misses)
  all_from "$1" || return
  after=$(misses)
  [ "$before" -eq "$after" ] || { say "        200 requests missed $((after - before)) times"; false; }
}

# consistent [PAGE]: 200 requests, all answered by one release, whichever it is.
consistent() {
  local distinct
  distinct=$(visit 200 "${1:-index.php}" | awk '!/^[0-9]+$/' | sort | uniq -c)
  [[ $distinct =~ ^\ *200\ index=([0-9]+)\ dir=([0-9]+)\ current=([0-9]+)\ both=([0-9]+)\ files=300\ sum=9045050$ ]] &&
    [ "${BASH_REMATCH[*]:1}" = "${BASH_REMATCH[1]} ${BASH_REMATCH[1]} ${BASH_REMATCH[1]} ${BASH_REMATCH[1]}" ] ||
    { say "        expected 200 answers alike:" "$distinct"; false; }
}

# exits CODES COMMAND...: COMMAND exits with one of CODES.
exits() {
  local codes=$1 code=0
  shift
  "$@" >"$directory/command" 2>&1 || code=$?
  [[ " $codes " = *" $code "* ]] || { say "        expected exit code $codes, not $code of $*:" "$(cat "$directory/command")"; false; }
}

check_rollback() {
  local text=$1 root_variable=$2 release
  shift 2
  start_nginx "$root_variable"
  fresh_site "$@"
  for release in 2 1 2; do
    verdict "$text: deploy:switch to release $release" exits 0 "${cachetool[@]}" deploy:switch "$current" "$directory/releases/$release"
    verdict "$text: then 200 of 200 answers are from release $release, and the cache has it all" warm_from "$release"
  done
}

check_warm() {
  start_nginx
  fresh_site
  verdict "deploy:warm of a release that was never live" exits 0 "${cachetool[@]}" deploy:warm "$directory/releases/2"
  verdict "then 200 of 200 answers are from release 1 as before" all_from 1
  verdict "deploy:switch to the warm release" exits 0 "${cachetool[@]}" deploy:switch "$current" "$directory/releases/2"
  verdict "deploy:warm of the release that was live before" exits 0 "${cachetool[@]}" deploy:warm "$directory/releases/1"
  verdict "then 200 of 200 answers are from release 2 as before" all_from 2
}

# Under load the old release is forgotten; nobody may notice.
check_prune() {
  local wrk_pid
  start_nginx
  fresh_site
  verdict "deploy:switch to release 2" exits 0 "${cachetool[@]}" deploy:switch "$current" "$directory/releases/2"
  wrk -t1 -c8 -d20s --timeout 10s -s "$parts/load.lua" "http://127.0.0.1:$port/" -- 5 8 0 20 >"$directory/wrk" 2>&1 &
  wrk_pid=$!
  sleep 1
  verdict "under load: opcache:prune of release 1" exits 0 "${cachetool[@]}" opcache:prune --keep="$current"
  wait "$wrk_pid" || true
  verdict "all answers meanwhile were from release 2" answers_under_load_from 2
  verdict "then 200 of 200 answers are from release 2, and the cache has it all" warm_from 2
}

# answers_under_load_from RELEASE: what wrk got, and that it got anything.
answers_under_load_from() {
  local requests failed old new mixed
  read -r requests failed old new mixed _ < <(grep '^answer ' "$directory/wrk" | judge "$1")
  [ "$new" -gt 0 ] && [ "$new" -eq "$requests" ] ||
    { say "        of $requests answers $new were from release $1; old $old, mixed $mixed, failed $failed"; false; }
}

check_keep_alive() {
  start_nginx document_root 4
  fresh_site
  verdict "nginx keeps connections to four of eight workers: deploy:switch" exits 0 "${cachetool[@]}" deploy:switch "$current" "$directory/releases/2"
  verdict "then 200 of 200 answers are from release 2" all_from 2
  verdict "and back: deploy:switch" exits 0 "${cachetool[@]}" deploy:switch "$current" "$directory/releases/1"
  verdict "then 200 of 200 answers are from release 1" all_from 1
}

# A pool of the same master whose socket the caller may not open.
check_forbidden_pool() {
  local caller=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  if [ "$(id -u)" -ne 0 ]; then
    say "skipped a forbidden pool: only root can call the program as somebody else"
    return
  fi
  local other_pool='pm.max_children = 2'
  start_nginx
  fresh_site
  visit 200 other.php >/dev/null
  point_to 2
  verdict "a pool that the caller may not reach: deploy:finish --no-fallback exits with 4" \
    exits 4 "${caller[@]}" "${cachetool[@]}" deploy:finish "$current" --no-fallback
  verdict "then each pool answers from one release" both_consistent
  verdict "without --no-fallback it falls back, or exits with 4" exits '0 4' "${caller[@]}" "${cachetool[@]}" deploy:finish "$current"
  verdict "then each pool answers from one release" both_consistent
  verdict "deploy:finish by root" exits 0 "${cachetool[@]}" deploy:finish "$current"
  verdict "then 200 of 200 answers are from release 2" all_from 2
  verdict "and 200 of 200 answers of the other pool" all_from 2 other.php
}

both_consistent() { consistent && consistent other.php; }

# A pool of the same master whose only worker is busy for fifteen seconds.
check_held_pool() {
  local other_pool='pm.max_children = 1' held_pid
  start_nginx
  fresh_site
  visit 20 other.php >/dev/null
  curl -sf --max-time 30 -o "$directory/held" "http://127.0.0.1:$port/other.php?sleep=15000" &
  held_pid=$!
  sleep 0.5
  point_to 2
  verdict "a pool whose only worker is held: deploy:finish --no-fallback --deadline=3 exits with 4" \
    exits 4 "${cachetool[@]}" deploy:finish "$current" --no-fallback --deadline=3
  verdict "then the site answers from one release" consistent
  verdict "without --no-fallback it falls back, or exits with 4" exits '0 4' "${cachetool[@]}" deploy:finish "$current" --deadline=3
  wait "$held_pid" || true
  verdict "when the worker is free, 200 of 200 answers are from release 2" all_from 2
  verdict "and 200 of 200 answers of the other pool" all_from 2 other.php
}
