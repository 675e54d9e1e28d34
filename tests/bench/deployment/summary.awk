# windows.csv -> summary.csv: one line for each scenario and action. Medians of the windows, but for max_ms (the largest)
# and the counts (sums). ratio is the median of the ratios of p99, each action's window to the mean of the undisturbed ones
# before and after it; ratio_min and ratio_max are the extremes. later_old counts the answers of the undisturbed windows that
# were not new: a release that comes back.
BEGIN {
  FS = OFS = ","
  sums = "failed mixed through through_failed through_mixed after_failed after_old after_mixed after_misses"
}

NR == 1 {
  for (i = 1; i <= NF; ++i) column[$i] = i
  next
}

{
  pair = $column["scenario"] OFS $column["action"]
  if (!(pair in windows)) order[++pairs] = pair
  group = pair OFS $column["window"]
  n = ++windows[group]
  windows[pair] = 1
  for (name in column) value[group, name, n] = $column[name]
}

# The numbers sorted[1..n] become ordered.
function sort(n,    i, j, x) {
  for (i = 2; i <= n; ++i) {
    x = sorted[i]
    for (j = i - 1; j >= 1 && sorted[j] > x; --j) sorted[j + 1] = sorted[j]
    sorted[j + 1] = x
  }
}

function median_of_sorted(n) { return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2 }

function median(group, name,    i) {
  for (i = 1; i <= windows[group]; ++i) sorted[i] = value[group, name, i] + 0
  sort(windows[group])
  return median_of_sorted(windows[group])
}

function sum(group, name,    i, total) {
  for (i = 1; i <= windows[group]; ++i) total += value[group, name, i]
  return total + 0
}

function largest(group, name,    i, most) {
  for (i = 1; i <= windows[group]; ++i) if (value[group, name, i] + 0 > most) most = value[group, name, i] + 0
  return most + 0
}

function command_failures(group,    i, failures) {
  for (i = 1; i <= windows[group]; ++i) failures += value[group, "command_exit", i] != 0
  return failures + 0
}

# p99 of the undisturbed windows on both sides of the I-th action: what grows from window to window, whatever is done in
# them, and how fast the machine is just then do not count as the action's.
function undisturbed_p99(undisturbed, i) {
  return (value[undisturbed, "p99_ms", i] + value[undisturbed, "p99_ms", i + 1]) / 2
}

# What the windows say: RATIO, RATIO_MIN, RATIO_MAX, and the median of the differences in ms.
function compare(undisturbed, action,    i, n, difference, ratio) {
  n = windows[action]
  for (i = 1; i <= n; ++i) sorted[i] = value[action, "p99_ms", i] - undisturbed_p99(undisturbed, i)
  sort(n)
  difference = median_of_sorted(n)
  for (i = 1; i <= n; ++i) sorted[i] = value[action, "p99_ms", i] / undisturbed_p99(undisturbed, i)
  sort(n)
  return sprintf("%.2f,%.2f,%.2f,%.2f", median_of_sorted(n), sorted[1], sorted[n], difference)
}

END {
  print "scenario,action,windows,requests_per_s,p50_ms,p99_ms,max_ms," \
    "undisturbed_requests_per_s,undisturbed_p50_ms,undisturbed_p99_ms,undisturbed_max_ms,undisturbed_failed," \
    "ratio,ratio_min,ratio_max,p99_difference_ms,command_ms,command_failures,late_ms,failed,mixed," \
    "through,through_failed,through_mixed,after_failed,after_old,after_mixed,after_misses,later_old"
  n = split(sums, names, " ")
  for (i = 1; i <= pairs; ++i) {
    a = order[i] OFS "action"
    u = order[i] OFS "undisturbed"
    line = sprintf("%s,%d", order[i], windows[a])
    line = line sprintf(",%.0f,%.2f,%.2f,%.2f", median(a, "requests_per_s"), median(a, "p50_ms"), median(a, "p99_ms"), largest(a, "max_ms"))
    line = line sprintf(",%.0f,%.2f,%.2f,%.2f,%d", median(u, "requests_per_s"), median(u, "p50_ms"), median(u, "p99_ms"),
      largest(u, "max_ms"), sum(u, "failed") + sum(u, "after_failed") + sum(u, "through_failed"))
    line = line sprintf(",%s,%.0f,%d,%.0f", compare(u, a), median(a, "command_ms"), command_failures(a), largest(a, "late_ms"))
    for (j = 1; j <= n; ++j) line = line "," sum(a, names[j])
    line = line "," sum(u, "old") + sum(u, "mixed")
    print line
  }
}
