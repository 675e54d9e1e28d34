# A hundred releases in a row through `opcache:reset --graceful` alone, in memory for six of them. Sourced by
# tests/bench/deploy.
# shellcheck shell=bash disable=SC2034,SC2154

hundred_releases=100
hundred_memory=80

act_hundred() { point_to "$next" && "${cachetool[@]}" opcache:reset --graceful; }

measure_hundred() {
  local number before
  read -r workers connections sleep think < <(load_of moderate)
  write_release 1
  point_to 1
  start_fpm "$workers" 0 -d opcache.memory_consumption="$hundred_memory"
  visit 200 >/dev/null
  : >"$out/hundred.txt"
  for ((number = 2; number <= hundred_releases + 1; ++number)); do
    write_release "$number"
    next=$number
    before=$(resets)
    run_window hundred hundred "$((number - 1))" action "$window"
    say "$number $(($(resets) - before)) $(wasted) $(tr '\n' ' ' <"$directory/command")" >>"$out/hundred.txt"
    rm -rf "$directory/releases/$((number - 3))"
  done
  report_hundred
}

resets() { curl -sf --max-time 30 "http://127.0.0.1:$port/misses.php?resets"; }

# What became of them all, and each reset with the reason that was given for it. Fails if a request did, or an answer was old.
report_hundred() {
  awk '$2 > 0 { ++resets; print } END { printf "%d resets\n", resets }' "$out/hundred.txt"
  awk -F, '
    NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; next }
    $1 == "hundred" {
      failed += $column["failed"] + $column["after_failed"]; old += $column["after_old"] + $column["after_mixed"]; ++n
    }
    END {
      printf "%d releases: %d requests failed, %d old answers afterwards\n", n, failed, old
      exit failed + old > 0
    }' "$out/windows.csv"
}
