#include "cli/commands/help.hpp"

#include <algorithm>

#include <cachetool/error.hpp>

#include "cli/commands/list_json.hpp"
#include "cli/line/nearest.hpp"
#include "cli/output/exit_code.hpp"
#include "cli/settings/extensions.hpp"
#include "cli/targets/context.hpp"

namespace cachetool::cli {
namespace {

struct described_row {
  std::string name;
  std::string_view text;
};

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string columns(std::vector<described_row> const& rows) {
  std::size_t width = 0;
  for (described_row const& row : rows) width = std::max(width, row.name.size());
  std::string out;
  for (described_row const& row : rows) out += "  " + padded(row.name, width) + "  " + std::string(row.text) + "\n";
  return out;
}

// "-t, --tmp-dir=TMP-DIR", "    --fcgi[=FCGI]"
std::string synopsis(option_spec const& spec) {
  if (spec.name == "ansi") return "    --ansi|--no-ansi";
  if (spec.name == "verbose") return "-v|vv|vvv, --verbose";
  std::string text = spec.letter != 0 ? std::string("-") + spec.letter + ", --" : "    --";
  text += spec.name;
  if (spec.takes == arity::value) text += "=" + std::string(spec.value_name);
  if (spec.takes == arity::optional_value) text += "[=" + std::string(spec.value_name) + "]";
  return text;
}

void add_options(std::vector<described_row>& rows, std::span<option_spec const> specs) {
  for (option_spec const& spec : specs) {
    if (spec.name != "no-ansi") rows.push_back({synopsis(spec), spec.help});
  }
}

std::string_view group_of(std::string_view name) {
  return name.substr(0, std::min(name.find(':'), name.size()));
}

std::vector<command_spec const*> commands_of(std::string const& group, config const& file) {
  std::vector<command_spec const*> listed;
  for (command_spec const& command : commands()) {
    if (is_hidden(command, file)) continue;
    bool const grouped = command.name.find(':') != std::string_view::npos;
    if (group.empty() || (grouped && group_of(command.name) == group)) listed.push_back(&command);
  }
  if (!listed.empty()) return listed;
  std::vector<std::string_view> groups;
  for (command_spec const& command : commands()) {
    if (command.name.find(':') != std::string_view::npos) groups.push_back(group_of(command.name));
  }
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  throw error(error_kind::usage, "there are no commands in the group \"" + group + "\"")
      .advise(did_you_mean(nearest(group, groups)));
}

// "[update|self-update] How this program is updated"
std::string described_with_aliases(command_spec const& command) {
  std::string const aliases = command.aliases.empty() ? "" : "[" + std::string(command.aliases) + "] ";
  return aliases + std::string(command.description);
}

std::string list_text(std::vector<command_spec const*> const& listed, std::string const& group) {
  std::vector<described_row> options;
  add_options(options, global_options());
  std::size_t width = 0;
  for (command_spec const* command : listed) width = std::max(width, command->name.size());

  std::string out = version_text() + "\n\nUsage:\n  command [options] [arguments]\n\nOptions:\n" + columns(options);
  out += group.empty() ? "\nAvailable commands:\n" : "\nAvailable commands for the \"" + group + "\" namespace:\n";
  std::string_view current;
  for (command_spec const* command : listed) {
    bool const grouped = command->name.find(':') != std::string_view::npos;
    if (group.empty() && grouped && group_of(command->name) != current) {
      current = group_of(command->name);
      out += " " + std::string(current) + "\n";
    }
    out += "  " + padded(std::string(command->name), width) + "  " + described_with_aliases(*command) + "\n";
  }
  return out;
}

std::string raw_text(std::vector<command_spec const*> const& listed) {
  std::size_t width = 0;
  for (command_spec const* command : listed) width = std::max(width, command->name.size());
  std::string out;
  for (command_spec const* command : listed) {
    out += padded(std::string(command->name), width) + "   " + std::string(command->description) + "\n";
  }
  return out;
}

}  // namespace

std::string version_text() {
  return "CacheTool " CACHETOOL_VERSION;
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

std::string help_text(command_spec const& command) {
  std::string out =
      "Description:\n  " + std::string(command.description) + "\n\nUsage:\n  " + usage_text(command) + "\n";
  for (std::string_view const alias : alternatives(command.aliases)) out += "  " + std::string(alias) + "\n";
  std::vector<described_row> rows;
  for (argument_spec const& argument : command.arguments) rows.push_back({std::string(argument.name), argument.help});
  if (!rows.empty()) out += "\nArguments:\n" + columns(rows);
  rows.clear();
  add_options(rows, command.options);
  add_options(rows, global_options());
  out += "\nOptions:\n" + columns(rows);
  if (!command.help.empty()) out += "\nHelp:\n  " + std::string(command.help) + "\n";
  return out;
}

exit_code show_list(context& with) {
  auto const& arguments = with.line.arguments;
  std::string const group = arguments.empty() ? "" : arguments.front();
  std::vector<command_spec const*> const listed = commands_of(group, with.file);
  if (with.given.text("format") == "json") {
    with.out.write(list_json(listed, group));
  } else {
    with.out.write(with.given.flag("raw") > 0 ? raw_text(listed) : list_text(listed, group));
  }
  return exit_code::done;
}

exit_code show_help(context& with) {
  auto const& arguments = with.line.arguments;
  command_spec const& command = arguments.empty() ? *with.line.command : find_command(arguments.front());
  with.out.write(with.given.text("format") == "json" ? help_json(command) : help_text(command));
  return exit_code::done;
}

exit_code self_update(context& with) {
  with.out.line(
      "This program does not update itself. Where a package manager installed it, that updates it; else "
      "replace the file by a newer release.");
  return exit_code::done;
}

}  // namespace cachetool::cli
