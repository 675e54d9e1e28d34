#include "cli/commands/completion.hpp"

#include <algorithm>

#include <cachetool/error.hpp>

#include "cli/commands/fpm_view.hpp"
#include "cli/line/suggestions.hpp"
#include "cli/output/exit_code.hpp"
#include "cli/targets/context.hpp"
#include "fpm/discovery.hpp"

namespace cachetool::cli {
namespace {

// Each script has the program say what may stand there: complete_line() writes what these read.

// bash splits words at ':' and '=', and replaces what comes after the last of them: so as many parts are cut from a
// suggestion as were typed. An abbreviation stays as it is: "o:r" becomes "o:reset".
constexpr std::string_view bash_script = R"(_cachetool() {
  local line=${COMP_LINE:0:COMP_POINT} kind='' typed suggestion i
  local -a words suggestions
  read -ra words <<< "$line"
  case $line in *[[:space:]]) words+=('') ;; esac
  { IFS= read -r kind; mapfile -t suggestions; } < \
    <("${words[0]/#\~/$HOME}" _complete -- "${words[@]:1}" 2> /dev/null)
  typed=${words[${#words[@]}-1]}
  COMPREPLY=()
  for suggestion in "${suggestions[@]}"; do
    suggestion=${suggestion%%$'\t'*}
    for ((i = 0; i < ${#typed}; i++)); do
      case ${typed:i:1} in
        [:=]) case $COMP_WORDBREAKS in *"${typed:i:1}"*) suggestion=${suggestion#*[:=]} ;; esac ;;
      esac
    done
    COMPREPLY+=("$suggestion")
  done
  case $kind in
    directories)
      compopt -o filenames +o default +o bashdefault 2> /dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "${typed#--*=}")
      ;;
    words) compopt +o default +o bashdefault 2> /dev/null ;;
  esac
  case ${COMPREPLY[0]-} in *=) compopt -o nospace 2> /dev/null ;; esac
}
complete -o bashdefault -o default -F _cachetool cachetool
)";

constexpr std::string_view zsh_script = R"(#compdef cachetool
_cachetool() {
  local -a lines values shown open_values open_shown
  local line value kind
  lines=("${(@f)$("${words[1]/#\~/$HOME}" _complete -- "${(@Q)words[2,CURRENT]}" 2> /dev/null)}")
  kind=${lines[1]}
  for line in "${(@)lines[2,-1]}"; do
    value=${line%%$'\t'*}
    case $value in
      *=) open_values+=("$value"); open_shown+=("${line/$'\t'/  -- }") ;;
      *) values+=("$value"); shown+=("${line/$'\t'/  -- }") ;;
    esac
  done
  if (( ${#values} )); then compadd -U -l -d shown -a values; fi
  if (( ${#open_values} )); then compadd -U -l -S '' -d open_shown -a open_values; fi
  case $kind in
    files) compset -P '--*='; _files ;;
    directories) compset -P '--*='; _files -/ ;;
  esac
}
if [[ ${funcstack[1]} == _cachetool ]]; then _cachetool "$@"; else compdef _cachetool cachetool; fi
)";

constexpr std::string_view fish_script = R"(function __cachetool_suggestions
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  set -l lines ($words[1] _complete -- $words[2..-1] $typed 2> /dev/null)
  set -l before (string match -r -- '^--[^=]*=' $typed)
  set -l path (string replace -r -- '^--[^=]*=' '' $typed)
  switch "$lines[1]"
    case files
      for each in (__fish_complete_path $path)
        printf '%s%s\n' "$before" $each
      end
    case directories
      for each in (__fish_complete_directories $path)
        printf '%s%s\n' "$before" $each
      end
  end
  if set -q lines[2]
    printf '%s\n' $lines[2..-1]
  end
end
complete -c cachetool -f -a '(__cachetool_suggestions)'
)";

// bash puts what is offered into the line as it is, and a pool's name may be anything, in a php-fpm of any user: what a
// shell could take for more than a word is not offered.
bool is_plain_word(std::string_view text) {
  return !text.empty() && !text.starts_with('-') && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./:@%+,-").find(c) != std::string_view::npos;
  });
}

// What `rest` means on this machine: pools, versions, sockets.
std::vector<std::string> found_values(offer rest) {
  std::vector<std::string> values;
  for (fpm::master const& owner : fpm::find_masters({.patience = std::chrono::milliseconds(500)})) {
    if (rest == offer::php_version) values.push_back(owner.version);
    for (fpm::pool const& one : owner.pools) {
      if (rest == offer::pool) values.push_back(one.name);
      if (rest == offer::endpoint) values.push_back(endpoint_text(one));
    }
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::erase_if(values, [](std::string const& value) { return !is_plain_word(value); });
  return values;
}

void add_found(suggestions& to, std::string_view current) {
  if (to.rest != offer::pool && to.rest != offer::php_version && to.rest != offer::endpoint) return;
  for (std::string const& value : found_values(to.rest)) {
    std::string word = to.before + value;
    if (word.starts_with(current)) to.words.push_back({std::move(word)});
  }
}

// A socket is a file; one that was not found may be typed all the same.
std::string_view kind_of(offer rest) {
  if (rest == offer::directory) return "directories";
  return rest == offer::file || rest == offer::endpoint ? "files" : "words";
}

}  // namespace

std::string_view completion_script(std::string_view shell) {
  if (shell == "bash") return bash_script;
  if (shell == "zsh") return zsh_script;
  if (shell == "fish") return fish_script;
  throw error(error_kind::usage, "there is no completion for the shell \"" + std::string(shell) + "\"")
      .advise("cachetool completion bash, zsh or fish");
}

exit_code show_completion(context& with) {
  std::string_view shell = with.env.shell;
  shell.remove_prefix(shell.rfind('/') + 1);
  if (!with.line.arguments.empty()) shell = with.line.arguments.front();
  with.out.write(completion_script(shell));
  return exit_code::done;
}

exit_code complete_line(context& with) {
  std::vector<std::string> words = with.line.arguments;
  std::string const current = words.empty() ? "" : std::move(words.back());
  if (!words.empty()) words.pop_back();
  suggestions found = suggest(words, current);
  add_found(found, current);
  with.out.line(kind_of(found.rest));
  for (suggestion const& each : found.words) {
    with.out.write(each.word + (each.help.empty() ? "" : "\t" + std::string(each.help)) + "\n");
  }
  return exit_code::done;
}

}  // namespace cachetool::cli
