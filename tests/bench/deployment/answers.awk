# Judges answers: awk -v new=RELEASE -v since=TIME -v whole='files=300 sum=...' -f answers.awk, with lines
# 'answer COUNT LAST STATUS BODY'; WHOLE is how a whole answer ends.
# Prints REQUESTS FAILED OLD NEW MIXED LATE. An answer has failed if it is not whole; whole ones are new, or come from one
# other release (old), or from several (mixed). LATE is for how many milliseconds after SINCE some came that were not new.
$1 == "answer" {
  requests += $2
  kind = judge()
  count[kind] += $2
  if ((kind == "old" || kind == "mixed") && $3 > last) last = $3
}

function judge(    text, i, pair, first) {
  text = $0
  sub(/^answer [0-9]+ [0-9.]+ /, "", text)
  if (text !~ /^200 index=[0-9]+ dir=[0-9+]+ current=[0-9+]+ both=[0-9+]+ files=[0-9]+ sum=[0-9]+$/) return "failed"
  if ($9 " " $10 != whole) return "failed"
  for (i = 5; i <= 8; ++i) {
    split($i, pair, "=")
    if (i == 5) first = pair[2]
    else if (pair[2] != first) return "mixed"
  }
  return first == new ? "new" : "old"
}

END {
  late = since > 0 && last > since ? (last - since) * 1000 : 0
  printf "%d %d %d %d %d %d\n", requests, count["failed"], count["old"], count["new"], count["mixed"], late
}
