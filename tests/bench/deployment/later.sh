# Twelve switches in a row, between two releases of 800 classes that were uploaded before, with templates in shared/ that are
# compiled anew before each. Sourced by tests/bench/deploy.
# shellcheck shell=bash disable=SC2034,SC2154

# An application of its own: what a whole answer is, for judge().
later_whole='files=800 sum=170986800'

write_later_release() {
  local release=$directory/releases/$1
  rm -rf "$release"
  mkdir -p "$release/parts"
  awk -v directory="$release/parts" -v release="$1" -v count=800 -v methods=8 -f "$parts/part.awk"
  sed "s|@RELEASE@|$1|; s|@SITE@|$directory|" "$parts/later.php" >"$release/index.php"
  find "$release" -exec touch -d '1 hour ago' {} +
}

# compile_views RELEASE: as an application does at a deployment, in place and under the same names.
compile_views() {
  local i
  mkdir -p "$directory/shared/views"
  for ((i = 1; i <= 40; ++i)); do say "<?php return $1;" >"$directory/shared/views/$i.php"; done
  find "$directory/shared/views" -type f -exec touch -d '1 hour ago' {} +
}

# An upload touches the directory of the releases, a deployment the templates.
act_later() {
  cp -a "$directory/releases/$next" "$directory/releases/upload" && rm -rf "$directory/releases/upload"
  compile_views "$next"
  "${cachetool[@]}" deploy:switch "$current" "$directory/releases/$next"
}

measure_later() {
  local whole=$later_whole number
  read -r workers connections sleep think < <(load_of later)
  write_later_release 1
  write_later_release 2
  compile_views 1
  point_to 1
  start_fpm "$workers" 0 -d opcache.memory_consumption=256
  visit 200 >/dev/null
  live=1
  : >"$out/later-wasted"
  for ((number = 1; number <= 12; ++number)); do
    next=$live
    run_window later later "$number" undisturbed "$window"
    next=$((3 - live))
    run_window later later "$number" action "$((number == 1 ? window + 10 : window))"
    wasted >>"$out/later-wasted"
    live=$next
  done
  next=$live
  run_window later later "$number" undisturbed "$window"
  report_later
}

wasted() { curl -sf --max-time 30 "http://127.0.0.1:$port/misses.php?wasted"; }

# A row for each switch: p99 against the undisturbed windows before and after it.
report_later() {
  awk -F, -v wasted="$out/later-wasted" '
    NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; next }
    $1 == "later" && $4 == "undisturbed" { quiet[$3] = $column["p99_ms"]; old[$3] = $column["old"] + $column["mixed"] }
    $1 == "later" && $4 == "action" {
      n = $3; p99[n] = $column["p99_ms"]; took[n] = $column["command_ms"]; misses[n] = $column["after_misses"]
      failed[n] = $column["failed"] + $column["after_failed"]; stale[n] = $column["after_old"] + $column["after_mixed"]
    }
    END {
      print "| switch | failed | old afterwards | misses afterwards | p99 ms | p99 ratio | wasted by then, MiB | takes ms |"
      print "|---|---|---|---|---|---|---|---|"
      for (i = 1; i <= n; ++i) {
        getline bytes <wasted
        base = (quiet[i] + quiet[i + 1]) / 2
        printf "| %d | %d | %d | %d | %.1f → %.1f | %.2f | %.1f | %d |\n", i, failed[i], stale[i] + old[i + 1], misses[i],
          base, p99[i], p99[i] / base, bytes / 1048576, took[i]
      }
    }' "$out/windows.csv" >"$out/later.md"
  rm -f "$out/later-wasted"
  cat "$out/later.md"
}
