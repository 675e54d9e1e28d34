#include "cli/commands/help_text.hpp"

#include <algorithm>

#include "report/wrap.hpp"

namespace cachetool::cli {
namespace {

std::string paragraph(std::string_view text, std::size_t width) {
  std::string out;
  for (std::string const& line : report::wrapped(text, width - 2)) out += "  " + line + "\n";
  return out;
}

std::string synopsis(option_spec const& spec) {
  if (spec.name == "ansi") return "    --ansi|--no-ansi";
  if (spec.name == "verbose") return "-v|vv|vvv, --verbose";
  std::string text = spec.letter != 0 ? std::string("-") + spec.letter + ", --" : "    --";
  text += spec.name;
  if (spec.takes == arity::value) text += "=" + std::string(spec.value_name);
  if (spec.takes == arity::optional_value) text += "[=" + std::string(spec.value_name) + "]";
  return text;
}

std::string section(std::string_view title, std::string const& body) {
  return body.empty() ? "" : "\n" + std::string(title) + ":\n" + body;
}

std::string usage_section(command_spec const& command) {
  std::string out = "  cachetool " + usage_text(command) + "\n";
  for (std::string_view const alias : alternatives(command.aliases)) out += "  cachetool " + std::string(alias) + "\n";
  return out;
}

std::string arguments_section(command_spec const& command, std::size_t width) {
  std::vector<described_row> rows;
  for (argument_spec const& argument : command.arguments) rows.push_back({std::string(argument.name), argument.help});
  return columns(rows, width);
}

std::string examples_section(command_spec const& command) {
  std::string out;
  for (std::string_view const line : lines_of(command.examples)) out += "  " + std::string(line) + "\n";
  return out;
}

}  // namespace

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string columns(std::vector<described_row> const& rows, std::size_t width) {
  constexpr std::size_t least_text = 24;  // on a narrow terminal a line is too long rather than one word wide
  std::size_t names = 0;
  for (described_row const& row : rows) names = std::max(names, row.name.size());
  std::size_t const room = std::max(width, names + 4 + least_text) - names - 4;
  std::string out;
  for (described_row const& row : rows) {
    std::string name = row.name;
    for (std::string const& line : report::wrapped(row.text, room)) {
      out += "  " + padded(std::move(name), names) + "  " + line + "\n";
      name.clear();
    }
  }
  return out;
}

std::vector<described_row> option_rows(std::span<option_spec const> specs) {
  std::vector<described_row> rows;
  for (option_spec const& spec : specs) {
    if (spec.name != "no-ansi") rows.push_back({synopsis(spec), spec.help});
  }
  return rows;
}

std::vector<described_row> exit_code_rows(command_spec const& command) {
  if (command.is_plugin) {
    return {{"0", "OK"}, {"1", "WARNING"}, {"2", "CRITICAL"}, {"3", "UNKNOWN: the check could not be made"}};
  }
  std::vector<described_row> rows{{"0", "done"}};
  if (command.targets != target_policy::none) rows.push_back({"1", "PHP said no, or not all could be done"});
  rows.push_back({"2", "the command line or the config file is wrong; nothing was done"});
  if (command.targets == target_policy::none) return rows;
  rows.push_back({"3", "php-fpm cannot be reached"});
  rows.push_back({"4", "time was over"});
  rows.push_back({"5", "php-fpm was reached, but did not run the agent"});
  return rows;
}

std::string usage_text(command_spec const& command) {
  std::string out = std::string(command.name) + " [options]";
  if (!command.arguments.empty()) out += " [--]";
  for (argument_spec const& argument : command.arguments) {
    std::string const name = "<" + std::string(argument.name) + ">" + (argument.repeatable ? "..." : "");
    out += argument.required ? " " + name : " [" + name + "]";
  }
  return out;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    std::size_t const end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view group_of(std::string_view name) {
  return name.substr(0, std::min(name.find(':'), name.size()));
}

std::string help_text(command_spec const& command, std::size_t width) {
  std::string out = "Description:\n" + paragraph(command.description, width);
  out += section("Usage", usage_section(command));
  out += section("Arguments", arguments_section(command, width));
  out += section("Options", columns(option_rows(command.options), width));
  out += section("Options of every command",
                 paragraph("--fcgi, --pool, --php, --timeout, -q, -v and others: cachetool help options", width));
  if (!command.help.empty()) out += section("Help", paragraph(command.help, width));
  out += section("Examples", examples_section(command));
  return out + section("Exit codes", columns(exit_code_rows(command), width));
}

std::string options_text(std::size_t width) {
  return "Options of every command:\n" + columns(option_rows(global_options()), width);
}

}  // namespace cachetool::cli
