# Judges answers: awk -v old=RELEASE -v new=RELEASE -v since=TIME -f answers.awk, with lines 'answer COUNT LAST STATUS BODY'.
# Prints REQUESTS FAILED OLD NEW MIXED LATE: LATE is for how many milliseconds after SINCE answers kept coming that were
# not from the new release alone.
#
# An answer that is not whole, and one in which a release appears that was never live here, has failed.
$1 == "answer" {
  requests += $2
  kind = judge()
  count[kind] += $2
  if (kind != "new" && kind != "failed" && $3 > last) last = $3
}

function judge(    text, i, pair, releases, n, j, seen_old, seen_new) {
  text = $0
  sub(/^answer [0-9]+ [0-9.]+ /, "", text)
  if (text !~ /^200 index=[0-9]+ dir=[0-9+]+ current=[0-9+]+ both=[0-9+]+ files=300 sum=9045050$/) return "failed"
  for (i = 5; i <= 8; ++i) {
    split($i, pair, "=")
    n = split(pair[2], releases, "+")
    for (j = 1; j <= n; ++j) {
      if (releases[j] == new) seen_new = 1
      else if (releases[j] == old) seen_old = 1
      else return "failed"
    }
  }
  return seen_old ? seen_new ? "mixed" : "old" : "new"
}

END {
  late = last > since && since > 0 ? (last - since) * 1000 : 0
  printf "%d %d %d %d %d %d\n", requests, count["failed"], count["old"], count["new"], count["mixed"], late
}
