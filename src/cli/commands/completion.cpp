#include "cli/commands/completion.hpp"

#include <cachetool/error.hpp>

#include "cli/line/option_spec.hpp"
#include "cli/output/exit_code.hpp"
#include "cli/targets/context.hpp"

namespace cachetool::cli {
namespace {

// Between single quotes everything is literal in all three shells except the quote itself (and in fish the backslash,
// which no text of the table has).
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (char const c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

void replace(std::string& text, std::string_view what, std::string const& by) {
  text.replace(text.find(what), what.size(), by);
}

// "--fcgi", "--format=table", "--format=json"
std::vector<std::string> spellings(option_spec const& option) {
  std::string const name = "--" + std::string(option.name);
  std::vector<std::string> out;
  for (std::string_view const choice : alternatives(option.choices)) out.push_back(name + "=" + std::string(choice));
  if (out.empty()) out.push_back(name + (option.takes == arity::value ? "=" : ""));
  return out;
}

std::string bash_words(std::span<option_spec const> options) {
  std::string out;
  for (option_spec const& option : options) {
    for (std::string const& word : spellings(option)) out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

// bash splits words at ':' and '=', and completes what comes after the last of them.
constexpr std::string_view bash_script = R"(_cachetool() {
  local line=${COMP_LINE:0:COMP_POINT} word command='' current commands options
  local -a words
  read -ra words <<< "$line"
  case $line in *[[:space:]]) words+=('') ;; esac
  current=${words[${#words[@]}-1]}
  commands='{commands}'
  for word in "${words[@]:1:${#words[@]}-2}"; do
    case " $commands " in *" $word "*) command=$word; break ;; esac
  done
  options='{options}'
  case $command in
{cases}  esac
  local IFS=$' \t\n'
  case $current in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *)
      if [ -n "$command" ]; then return; fi
      COMPREPLY=($(compgen -W "$commands" -- "$current"))
      ;;
  esac
  local prefix=''
  case $COMP_WORDBREAKS in
    *:*) case $current in *[:=]*) prefix=${current%"${current##*[:=]}"} ;; esac ;;
  esac
  COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
  case ${COMPREPLY[0]-} in *=) compopt -o nospace 2> /dev/null ;; esac
}
complete -o bashdefault -o default -F _cachetool cachetool
)";

std::string for_bash() {
  std::string names;
  std::string cases;
  for (command_spec const& command : commands()) {
    names += (names.empty() ? "" : " ") + std::string(command.name);
    if (command.options.empty()) continue;
    cases +=
        "    " + std::string(command.name) + ") options+=" + in_quotes(" " + bash_words(command.options)) + " ;;\n";
  }
  std::string script(bash_script);
  replace(script, "{commands}", names);
  replace(script, "{options}", bash_words(global_options()));
  replace(script, "{cases}", cases);
  return script;
}

constexpr std::string_view zsh_script = R"(#compdef cachetool
_cachetool() {
  local -a commands options
  local word command
  commands=(
{commands}  )
  options=(
{options}  )
  for word in ${words[2,CURRENT-1]}; do
    if (( ${commands[(I)${word//:/\\:}:*]} )); then command=$word; break; fi
  done
  case $command in
{cases}  esac
  if [[ ${words[CURRENT]} == -* ]]; then
    _describe -o option options
  elif [[ -z $command ]]; then
    _describe command commands
  else
    _files
  fi
}
if [[ ${funcstack[1]} == _cachetool ]]; then _cachetool "$@"; else compdef _cachetool cachetool; fi
)";

// "name:description", with the name's colons escaped.
std::string described(std::string_view name, std::string_view text) {
  std::string out;
  for (char const c : name) out += c == ':' ? "\\:" : std::string(1, c);
  return in_quotes(out + ":" + std::string(text));
}

std::string zsh_options(std::span<option_spec const> options, std::string const& indent) {
  std::string out;
  for (option_spec const& option : options) {
    for (std::string const& word : spellings(option)) out += indent + described(word, option.help) + "\n";
  }
  return out;
}

std::string for_zsh() {
  std::string names;
  std::string cases;
  for (command_spec const& command : commands()) {
    names += "    " + described(command.name, command.description) + "\n";
    if (command.options.empty()) continue;
    cases += "    " + std::string(command.name) + ")\n      options+=(\n" + zsh_options(command.options, "        ") +
             "      ) ;;\n";
  }
  std::string script(zsh_script);
  replace(script, "{commands}", names);
  replace(script, "{options}", zsh_options(global_options(), "    "));
  replace(script, "{cases}", cases);
  return script;
}

std::string fish_option(option_spec const& option, std::string const& condition) {
  std::string out = "complete -c cachetool" + condition + " -l " + std::string(option.name);
  if (option.letter != 0) out += std::string(" -s ") + option.letter;
  if (option.takes == arity::value) out += " -r";
  if (!option.choices.empty()) {
    std::string choices;
    for (std::string_view const choice : alternatives(option.choices)) {
      choices += (choices.empty() ? "" : " ") + std::string(choice);
    }
    out += " -f -a " + in_quotes(choices);
  }
  return out + " -d " + in_quotes(option.help) + "\n";
}

std::string for_fish() {
  std::string out;
  for (option_spec const& option : global_options()) out += fish_option(option, "");
  for (command_spec const& command : commands()) {
    std::string const name(command.name);
    out +=
        "complete -c cachetool -n __fish_use_subcommand -f -a " + name + " -d " + in_quotes(command.description) + "\n";
    for (option_spec const& option : command.options) {
      out += fish_option(option, " -n '__fish_seen_subcommand_from " + name + "'");
    }
  }
  return out;
}

}  // namespace

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return for_bash();
  if (shell == "zsh") return for_zsh();
  if (shell == "fish") return for_fish();
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

}  // namespace cachetool::cli
