# summary.csv -> figures.md, for docs/zero-downtime.md: a table for each scenario.
# awk -v pairs=N -v window=SECONDS -v machine=TEXT -f figures.awk
BEGIN {
  FS = ","
  title["cpu"] = "CPU-saturated: 8 workers, 50 connections without a pause"
  title["io"] = "32 workers, 20 ms of I/O in each request, 50 connections without a pause"
  title["moderate"] = "Moderate load: 8 workers, 20 clients that think for 100 ms"
  title["long"] = "CPU-saturated, and a long request always running"
  title["later"] = "Twelve switches in a row, 800 classes, 8 workers, 20 clients that think for 100 ms"
  name["later"] = "`deploy:switch`, each of twelve"
  name["none"] = "nothing"
  name["switch"] = "`deploy:switch`"
  name["graceful"] = "symlink, `opcache:reset --graceful`"
  name["graceful-place"] = "files changed in place, `opcache:reset --graceful`"
  name["graceful-idle"] = "nothing changed, `opcache:reset --graceful`"
  name["graceful-ten"] = "the same, one of ten sites"
  name["refresh"] = "`opcache:refresh`"
  name["reset"] = "symlink, `opcache:reset --wait`"
  name["reload"] = "symlink, reload"
  name["reload-10s"] = "symlink, reload, process_control_timeout = 10s"
  name["restart"] = "symlink, restart"
  print "Written by `tests/bench/deploy`, on " machine "."
  printf "%d pairs of windows of %d s, longer where docs/developers/measuring.md says so; medians, but for max (the largest) and the counts (sums).\n",
    pairs, window
}

NR == 1 {
  for (i = 1; i <= NF; ++i) column[$i] = i
  next
}

function of(field) { return $column[field] }

$1 != scenario {
  scenario = $1
  print "\n### " title[scenario] "\n"
  print "| action | failed | p50 ms | p99 ms | max ms | requests/s | p99 ratio | mixed | old afterwards | misses afterwards | takes ms |"
  print "|---|---|---|---|---|---|---|---|---|---|---|"
}

{
  failed = of("failed") + of("after_failed")
  long_failed = of("through_failed") ? " + " of("through_failed") " of " of("through") " long ones" : ""
  printf "| %s | %d%s | %.1f → %.1f | %.1f → %.1f | %.0f → %.0f | %d → %d | **%.2f** (%.2f to %.2f), %+.1f ms | %d | %d | %d | %s |\n",
    name[of("action")], failed, long_failed, of("undisturbed_p50_ms"), of("p50_ms"), of("undisturbed_p99_ms"), of("p99_ms"),
    of("undisturbed_max_ms"), of("max_ms"), of("undisturbed_requests_per_s"), of("requests_per_s"),
    of("ratio"), of("ratio_min"), of("ratio_max"), of("p99_difference_ms"), of("mixed") + of("through_mixed"), of("after_old") + of("after_mixed") + of("later_old"),
    of("after_misses"), of("action") == "none" ? "" : of("command_ms")
}
