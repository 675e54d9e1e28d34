#!/bin/sh
# Puts cachetool below a prefix, brings it up to date there, or takes it away: ./install.sh [--prefix DIRECTORY] [--uninstall]
#
#   --prefix     default: /usr/local for root, ~/.local for everybody else
#   --uninstall  removes the files and directories that this script made there, and nothing else
set -eu
umask 022
uninstall=no
prefix=
fail() { echo "install.sh: $1" >&2; exit "${2:-1}"; }
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:-}; [ -n "$prefix" ] || fail "--prefix needs a directory" 2; shift 2 ;;
    --prefix=*) prefix=${1#*=}; [ -n "$prefix" ] || fail "--prefix needs a directory" 2; shift ;;
    --uninstall) uninstall=yes; shift ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) fail "there is no option $1" 2 ;;
  esac
done
if [ -z "$prefix" ]; then
  if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=${HOME:?"name a --prefix"}/.local; fi
fi
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac

# The names of what this script made, a line each. Directories end with "/"; the prefix is "/" alone.
list=share/cachetool/installed
made=
[ ! -f "$prefix/$list" ] || made=$(cat "$prefix/$list")
# Whoever may write there must not have root remove something else.
if printf '%s\n' "$made" | grep -qE '^/.|(^|/)\.\.(/|$)'; then fail "$prefix/$list names what lies elsewhere; it is damaged"; fi

lines() { [ -z "$1" ] || printf '%s\n' "$1"; }
has_line() { lines "$1" | grep -qxF -- "$2"; }
remove_files() { while IFS= read -r name; do rm -f -- "$prefix/$name"; done; }
# The deepest first. One in which somebody else has something stays.
remove_directories() { LC_ALL=C sort -r | while IFS= read -r name; do rmdir -- "$prefix/$name" 2>/dev/null || true; done; }

if [ "$uninstall" = yes ]; then
  [ -n "$made" ] || fail "nothing that this script made is below $prefix"
  lines "$made" | sed '/\/$/d' | remove_files
  lines "$made" | sed -n '/\/$/p' | remove_directories
  echo "removed from $prefix"
  exit 0
fi

CDPATH='' cd -- "$(dirname -- "$0")"
bin/cachetool -V >/dev/null || fail "bin/cachetool does not run here; which machine is this package for?"
files=$(find bin share -type f | LC_ALL=C sort; echo "$list")

strangers=$(lines "$files" | while IFS= read -r name; do
  if { [ -e "$prefix/$name" ] || [ -L "$prefix/$name" ]; } && ! has_line "$made" "$name"; then echo "  $prefix/$name"; fi
done)
[ -z "$strangers" ] || fail "move this away, which this script did not put there, or name another --prefix:
$strangers"

missing_directories() {
  [ -d "$prefix" ] || echo /
  lines "$files" | while IFS= read -r name; do
    while [ "$name" != "${name%/*}" ]; do
      name=${name%/*}
      [ -d "$prefix/$name" ] || echo "$name/"
    done
  done
}

# place NAME: beside its place first, and moved there in one step, so that a program that runs is not written over. The file
# belongs to who runs this, whoever owns the one that comes from standard input.
place() {
  new=$(mktemp "$prefix/$(dirname "$1")/.cachetool.XXXXXX")
  trap 'rm -f -- "$new"' EXIT
  trap 'exit 1' HUP INT TERM
  cat >"$new"
  if [ -x "$1" ]; then chmod 755 "$new"; else chmod 644 "$new"; fi
  mv -f -- "$new" "$prefix/$1"
}

note() { LC_ALL=C sort -u | sed '/^$/d' | place "$list"; }

# What will be made is noted before it is, so that it can be uninstalled also if this ends in the middle.
directories=$(lines "$made" | sed -n '/\/$/p'; missing_directories)
mkdir -p -- "$prefix/$(dirname "$list")"
lines "$made
$directories
$files" | note
lines "$files" | while IFS= read -r name; do
  [ "$name" != "$list" ] || continue
  mkdir -p -- "$prefix/$(dirname "$name")"
  place "$name" <"$name"
done
# An earlier version had what this one has not.
lines "$made" | sed '/\/$/d' | while IFS= read -r name; do has_line "$files" "$name" || echo "$name"; done | remove_files
lines "$directories
$files" | note

"$prefix/bin/cachetool" -V
echo "installed as $prefix/bin/cachetool"
case :$PATH: in
  *:"$prefix/bin":*) ;;
  *) echo "$prefix/bin is not in your PATH" ;;
esac
