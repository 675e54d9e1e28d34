# Nine more sites in the same OPcache, each behind a link of its own, for the action graceful-ten. Sourced by
# tests/bench/deploy.
# shellcheck shell=bash disable=SC2154

add_nine_sites() {
  local number
  for number in {2..10}; do
    mkdir -p "$directory/sites/$number/releases"
    cp -a "$directory/releases/1" "$directory/sites/$number/releases/"
    ln -sfn releases/1 "$directory/sites/$number/current"
    "${cachetool[@]}" php:eval -r "foreach (glob('$directory/sites/$number/current/parts/*.php') as \$each) opcache_compile_file(\$each);"
  done
  act_graceful-idle >/dev/null  # a machine in the field has had one before
  scripts_of_others >"$directory/others"
  [ "$(wc -l <"$directory/others")" -ge 2700 ] || die "of the nine sites only $(wc -l <"$directory/others") scripts are cached"
}

# Each script with its hits, which begin again at 0 when it is compiled anew. To find out where names lead is a hit.
scripts_of_others() {
  "${cachetool[@]}" php:eval -r "foreach (opcache_get_status(true)['scripts'] as \$path => \$each)
    if (strpos(\$path, '/sites/')) echo \$path, ' ', \$each['hits'], \"\\n\";"
}

others_are_untouched() {
  awk 'NR == FNR { before[$1] = $2; next }
       $1 in before && $2 >= before[$1] { delete before[$1] }
       END { for (path in before) { print "touched: " path; bad = 1 } exit bad }' "$directory/others" <(scripts_of_others)
}
