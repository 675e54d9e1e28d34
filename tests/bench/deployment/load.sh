# The load of tests/bench/deploy, and how its answers are judged. Sourced.
# shellcheck shell=bash disable=SC2154

window_columns=scenario,action,pair,window,requests,failed,p50_ms,p99_ms,max_ms,requests_per_s,old,new,mixed,late_ms,
window_columns+=through,through_failed,through_mixed,after_failed,after_old,after_mixed,after_misses,command_ms,command_exit

# visit COUNT [PAGE]: asks for a page, eight requests at a time. Prints the answers, each followed by its status.
visit() {
  curl -sf --parallel --parallel-max 8 --max-time 30 -w '%{http_code}\n' \
    "http://127.0.0.1:$port/${2:-index.php}?both={dir,current}&n=[1-$(($1 / 2))]" 2>/dev/null || true
}

misses() { curl -sf --max-time 30 "http://127.0.0.1:$port/misses.php"; }

# judge NEW [SINCE]: what answers.awk says of the output of visit and the like, or of wrk.
judge() {
  awk '/^[0-9]+$/ { if ($1 != 200) print "answer 1 0 " $1; next }
       /^answer / { print; next }
       { print "answer 1 0 200 " $0 }' | awk -v new="$1" -v since="${2:-0}" -v whole="${whole:-files=300 sum=9045050}" -f "$parts/answers.awk"
}

# start_through_requests: requests that are under way when an action begins: they have included a part of the application
# by then, and include the rest afterwards. The last takes longer than all that comes before the names are moved.
start_through_requests() {
  local url="http://127.0.0.1:$port/index.php?both"
  curl -sf --parallel --parallel-immediate --max-time 60 -w '%{http_code}\n' "$url=current&sleep=16000" \
    "$url=dir&sleep=8000" "$url=current&sleep=4000" >"$directory/through" 2>/dev/null &
  through_pid=$!
}

# start_long_requests SECONDS: one request after the other, until end_long_requests.
start_long_requests() {
  long_seen=0
  curl -sfN --rate 10/s --max-time 60 -w '%{http_code}\n' "http://127.0.0.1:$port/index.php?both=dir&sleep=${1}000&n=[1-500]" \
    >"$directory/long" 2>/dev/null &
  long_pid=$!
}

end_long_requests() {
  end_process "${long_pid:-}"
  long_pid=
  rm -f "$directory/long"
}

# run_window SCENARIO ACTION PAIR undisturbed|action SECONDS: one window under load; a line in windows.csv. Its last
# answers are from $next.
run_window() {
  local scenario=$1 action=$2 pair=$3 kind=$4 seconds=$5 exit_code=0 began ended wrk_pid through_pid=''
  : >"$directory/through"
  wrk -t1 -c"$connections" -d"$((seconds + 30))s" --timeout 30s -s "$parts/load.lua" "http://127.0.0.1:$port/" \
    -- "$seconds" "$connections" "$sleep" "$think" >"$directory/wrk" 2>&1 &
  wrk_pid=$!
  sleep 0.5
  case $action in switch | graceful | graceful-ten) start_through_requests ;; esac
  sleep 0.5
  began=$EPOCHREALTIME
  if [ "$kind" = action ]; then "act_$action" >"$directory/command" 2>&1 || exit_code=$?; fi
  ended=$EPOCHREALTIME
  wait "$wrk_pid" || die "wrk failed: $(cat "$directory/wrk")"
  [ -z "$through_pid" ] || wait "$through_pid" || true
  take_long_answers
  if [ "$exit_code" -ne 0 ]; then say "exit code $exit_code in $scenario, $action:" "$(cat "$directory/command")" >&2; fi
  {
    say "$scenario" "$action" "$pair" "$kind"
    window_fields "$ended"
    through_fields
    after_fields
    awk -v began="$began" -v ended="$ended" 'BEGIN { printf "%.0f\n", (ended - began) * 1000 }'
    say "$exit_code"
  } | paste -sd , >>"$out/windows.csv"
}

# Moves what the long requests have answered since the last window to the others that took long.
take_long_answers() {
  local lines
  [ -f "$directory/long" ] || return 0
  lines=$(wc -l <"$directory/long")
  sed -n "$((long_seen + 1)),${lines}p" "$directory/long" >>"$directory/through"
  long_seen=$lines
}

# requests to late_ms, one a line.
window_fields() {
  local name p50 p99 max requests duration errors unanswered answers failed
  read -r name p50 p99 max requests duration errors unanswered < <(grep '^window ' "$directory/wrk")
  answers=$(grep '^answer ' "$directory/wrk" | judge "$next" "$1")
  read -r name failed _ <<<"$answers"
  say "$requests" "$((failed + errors + unanswered))"
  awk -v p50="$p50" -v p99="$p99" -v max="$max" -v requests="$requests" -v duration="$duration" \
    'BEGIN { printf "%.2f\n%.2f\n%.2f\n%.0f\n", p50 / 1000, p99 / 1000, max / 1000, requests * 1e6 / duration }'
  cut -d ' ' -f 3- --output-delimiter=$'\n' <<<"$answers"
}

# through, through_failed, through_mixed: the requests that took long, as far as they ended since the last window.
through_fields() {
  local requests failed mixed
  read -r requests failed _ _ mixed _ < <(judge "$next" <"$directory/through")
  say "$requests" "$failed" "$mixed"
}

# after_failed to after_misses: of 200 requests.
after_fields() {
  local requests failed old_ones mixed before
  misses >/dev/null  # it may be a miss itself
  before=$(misses)
  read -r requests failed old_ones _ mixed _ < <(visit 200 | judge "$next")
  say "$((failed + 200 - requests))" "$old_ones" "$mixed" "$(($(misses) - before))"
}
