#include "cli/commands/man_page.hpp"

#include <algorithm>
#include <vector>

#include <cachetool/error.hpp>

#include "cli/commands/help.hpp"
#include "cli/commands/help_text.hpp"
#include "cli/line/command_line.hpp"

namespace cachetool::cli {
namespace {

// A backslash begins an escape, a hyphen would become a typographical one, and a line must not begin with a dot or a
// quote.
std::string escaped(std::string_view text) {
  std::string out = !text.empty() && (text.front() == '.' || text.front() == '\'') ? "\\&" : "";
  for (char const c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string paragraph(std::string_view text) {
  return text.empty() ? "" : ".PP\n" + escaped(text) + "\n";
}

std::string tagged(std::string_view tag, std::string_view text) {
  return ".TP\n.B " + escaped(tag) + "\n" + escaped(text) + "\n";
}

std::string tagged(std::vector<described_row> const& rows) {
  std::string out;
  for (described_row const& row : rows) {
    std::size_t const start = std::min(row.name.find_first_not_of(' '), row.name.size());
    out += tagged(std::string_view(row.name).substr(start), row.text);
  }
  return out;
}

std::string examples(command_spec const& command) {
  if (command.examples.empty()) return {};
  std::string out = ".PP\nExamples:\n.PP\n.RS 4\n.nf\n";
  for (std::string_view const line : lines_of(command.examples)) out += escaped(line) + "\n";
  return out + ".fi\n.RE\n";
}

std::string about_command(command_spec const& command) {
  std::string out = ".SS cachetool " + escaped(usage_text(command)) + "\n" + escaped(command.description) + ".\n";
  for (std::string_view const alias : alternatives(command.aliases)) out += paragraph("Alias: " + std::string(alias));
  out += paragraph(command.help);
  for (argument_spec const& argument : command.arguments) out += tagged(argument.name, argument.help);
  if (command.is_plugin) out += paragraph("Exit codes:") + tagged(exit_code_rows(command));
  return out + tagged(option_rows(command.options)) + examples(command);
}

std::vector<command_spec const*> commands_in(std::string_view group) {
  std::vector<command_spec const*> found;
  for (command_spec const& command : commands()) {
    bool const grouped = command.name.find(':') != std::string_view::npos;
    if (!command.internal && (group.empty() ? !grouped : grouped && group_of(command.name) == group)) {
      found.push_back(&command);
    }
  }
  return found;
}

std::vector<std::string_view> groups() {
  std::vector<std::string_view> found;
  for (command_spec const& command : commands()) {
    bool const grouped = command.name.find(':') != std::string_view::npos;
    std::string_view const group = group_of(command.name);
    if (grouped && (found.empty() || found.back() != group)) found.push_back(group);
  }
  return found;
}

std::string title(std::string_view name) {
  std::string upper;
  for (char const c : name) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return ".TH " + upper + " 1 \"\" \"" + version_text() + "\" \"User Commands\"\n";
}

std::string see_also(std::string_view own) {
  std::string out = ".SH SEE ALSO\n";
  std::string separator;
  if (!own.empty()) {
    out += ".BR cachetool (1)";
    separator = ",\n";
  }
  for (std::string_view const group : groups()) {
    if (group == own) continue;
    out += separator + ".BR cachetool\\-" + std::string(group) + " (1)";
    separator = ",\n";
  }
  return out + "\n";
}

std::string overview() {
  std::string out;
  for (std::string_view const group : groups()) {
    for (command_spec const* command : commands_in(group)) out += tagged(command->name, command->description);
  }
  return out;
}

std::string about_commands(std::string_view group) {
  std::string out;
  for (command_spec const* command : commands_in(group)) out += about_command(*command);
  return out;
}

std::string exit_codes() {
  return ".SH EXIT STATUS\n" + tagged(exit_code_rows(find_command("opcache:reset")));
}

std::string page_of_program() {
  return title("cachetool") +
         ".SH NAME\ncachetool \\- manage the caches of a running php\\-fpm\n"
         ".SH SYNOPSIS\n.B cachetool\n[options] command [options] [arguments]\n"
         ".SH DESCRIPTION\nphp\\-fpm keeps compiled scripts in OPcache, values in APCu, and paths in its realpath "
         "cache. "
         "cachetool has php\\-fpm itself work on them, over FastCGI, and tells whether it took place. Where no "
         "php\\-fpm is "
         "named, it finds those that run on this machine.\n"
         ".SH COMMANDS\n" +
         about_commands({}) +
         ".SS Commands in groups\nEach group has a page of its own. A command may be shortened, each part for itself: "
         "o:res.\n" +
         overview() + ".SH OPTIONS OF EVERY COMMAND\n" + tagged(option_rows(global_options())) + exit_codes() +
         ".SH FILES\n.TP\n.I .cachetool.yml\nin the current directory, in one above it, in your home directory or as "
         "/etc/cachetool.yml: the values of options, in YAML.\n" +
         see_also({});
}

std::string page_of_group(std::string_view group) {
  std::string const name = "cachetool-" + std::string(group);
  return title(name) + ".SH NAME\n" + escaped(name) + " \\- the " + std::string(group) +
         " commands of cachetool\n.SH COMMANDS\n" + about_commands(group) +
         ".SH OPTIONS OF EVERY COMMAND\n.BR cachetool (1)\nhas them: which php\\-fpm is meant, how long to wait, how "
         "much to say.\n" +
         exit_codes() + see_also(group);
}

}  // namespace

std::string man_page(std::string_view group) {
  if (group.empty()) return page_of_program();
  if (commands_in(group).empty()) {
    throw error(error_kind::usage, "there are no commands in the group \"" + std::string(group) + "\"");
  }
  return page_of_group(group);
}

}  // namespace cachetool::cli
