#include "cli/app.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <span>
#include <string_view>

#include <cachetool/error.hpp>

#include "cli/commands/check_commands.hpp"
#include "cli/commands/help.hpp"
#include "cli/commands/help_text.hpp"
#include "cli/output/exit_code.hpp"
#include "cli/output/target_output.hpp"
#include "cli/output/unforeseen.hpp"
#include "cli/settings/extensions.hpp"
#include "cli/targets/context.hpp"

namespace cachetool::cli {
namespace {

// A command that does not talk to PHP works even if the config file is broken.
config config_for(command_spec const& command, options const& given, environment const& env, console& out) {
  try {
    return load_config(given, env);
  } catch (error const& failed) {
    if (command.targets != target_policy::none) throw;
    out.warning(failed.message());
    return {};
  }
}

// What may stand on a line without a command, which shows the list.
bool goes_with_list(option_spec const& option) {
  auto const is_it = [&option](option_spec const& other) { return other.name == option.name; };
  std::span<option_spec const> const own = find_command("list").options;
  constexpr std::string_view general[] = {"help", "quiet", "verbose", "ansi", "no-ansi", "no-interaction"};
  return std::any_of(own.begin(), own.end(), is_it) ||
         std::find(std::begin(general), std::end(general), option.name) != std::end(general);
}

// A target, or an option of a command, without a command is a mistake. It must not look like a deployment step that was
// done.
void refuse_options_without_command(command_line const& line) {
  for (auto const& given : line.options) {
    if (goes_with_list(*given.spec)) continue;
    throw error(error_kind::usage, "no command was named").advise("cachetool list shows every command");
  }
}

exit_code run_command(command_line& line, options const& given, environment const& env, console& out) {
  if (given.flag("version") > 0) {
    out.line(version_text());
    return exit_code::done;
  }
  if (line.command == nullptr) {
    refuse_options_without_command(line);
    line.command = &find_command("list");
  }
  if (given.flag("help") > 0) {
    out.write(help_text(*line.command, out.width()));
    return exit_code::done;
  }
  check_arguments(line);
  config const file = config_for(*line.command, given, env, out);
  refuse_hidden(*line.command, file);
  for (std::string const& warning : file.warnings) out.warning(warning);
  context with{line, given, env, file, out};
  return line.command->run(with);
}

// Text is wrapped for the terminal's width, within reason; in a file for the default width.
std::size_t width_of_terminal() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return console::settings().width;
  return std::clamp<std::size_t>(size.ws_col, 40, 120);
}

// If an error belongs to a php-fpm, the message says which command failed there.
exit_code run_or_report(command_line& line, options const& given, environment const& env, console& out) {
  try {
    return run_command(line, given, env, out);
  } catch (error const& failed) {
    if (failed.endpoint().empty()) throw;
    out.report(line.command->name, failed);
    return exit_code_for(failed.kind());
  }
}

exit_code run_line(std::vector<std::string> const& arguments, console& out) {
  command_line line = read_command_line(arguments);
  options const given(line);
  environment const env = read_environment();
  bool const terminal = isatty(STDOUT_FILENO) == 1;
  bool const talks_to_terminal = isatty(STDERR_FILENO) == 1;
  out = console({verbosity(given, env) < 0, wants_colour(given, env, terminal), terminal, talks_to_terminal,
                 wants_colour(given, env, talks_to_terminal),
                 terminal ? width_of_terminal() : console::settings().width});
  exit_code const code = run_or_report(line, given, env, out);
  out.flush();
  return code == exit_code::done && out.output_is_lost() ? exit_code::output_lost : code;
}

// A wrong line has no options to ask, so this looks at its words.
bool wants_json(std::vector<std::string> const& arguments) {
  auto const end = std::find(arguments.begin(), arguments.end(), "--");
  for (auto each = arguments.begin(); each != end; ++each) {
    std::string const name = each->substr(0, each->find('='));
    if (name.size() < 4 || !std::string_view("--format").starts_with(name)) continue;
    bool const has_value = name.size() < each->size();
    if (has_value ? each->ends_with("=json") : each + 1 != end && each[1] == "json") return true;
  }
  return false;
}

bool talks_in_colour(std::vector<std::string> const& arguments) {
  auto const is_given = [&arguments](char const* option) {
    return std::find(arguments.begin(), arguments.end(), option) != arguments.end();
  };
  environment const env = read_environment();
  if (is_given("--no-ansi")) return false;
  return is_given("--ansi") || (isatty(STDERR_FILENO) == 1 && !env.no_color && !env.dumb_terminal);
}

// Errors of the line or the config file are found before anything is done or written.
void report_failed_line(std::vector<std::string> const& arguments, console& out, error const& failed) {
  out.talk_in_colour(talks_in_colour(arguments));
  out.report({}, failed);
  bool const before_all = failed.kind() == error_kind::usage || failed.kind() == error_kind::config;
  if (before_all && wants_json(arguments)) write_failed_line(out, failed);
}

exit_code end_failed(std::vector<std::string> const& arguments, console& out, error const& failed) {
  if (names_a_check(arguments)) return check_did_not_begin(arguments, out, failed);
  report_failed_line(arguments, out, failed);
  return exit_code_for(failed.kind());
}

}  // namespace

int run(std::vector<std::string> const& arguments) {
  // A reader that goes away ends nothing: what was begun is finished, and temporary files are removed.
  std::signal(SIGPIPE, SIG_IGN);
  console out({});
  try {
    return static_cast<int>(run_line(arguments, out));
  } catch (std::exception const& failed) {
    return static_cast<int>(end_failed(arguments, out, unforeseen(failed)));
  }
}

}  // namespace cachetool::cli
