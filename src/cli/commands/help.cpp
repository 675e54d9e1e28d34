#include "cli/commands/help.hpp"

#include <algorithm>

#include <cachetool/error.hpp>

#include "cli/commands/help_text.hpp"
#include "cli/commands/list_json.hpp"
#include "cli/commands/man_page.hpp"
#include "cli/line/nearest.hpp"
#include "cli/output/exit_code.hpp"
#include "cli/settings/extensions.hpp"
#include "cli/targets/context.hpp"

namespace cachetool::cli {
namespace {

std::vector<command_spec const*> commands_of(std::string const& group, config const& file) {
  std::vector<command_spec const*> listed;
  for (command_spec const& command : commands()) {
    if (command.internal || is_hidden(command, file)) continue;
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

std::string list_text(std::vector<command_spec const*> const& listed, std::string const& group, std::size_t width) {
  std::string out = version_text() + "\n\nUsage:\n  cachetool command [options] [arguments]\n\nOptions:\n" +
                    columns(option_rows(global_options()), width);
  out += group.empty() ? "\nAvailable commands:\n" : "\nAvailable commands for the \"" + group + "\" namespace:\n";
  std::size_t names = 0;
  for (command_spec const* command : listed) names = std::max(names, command->name.size());
  std::string_view current;
  for (command_spec const* command : listed) {
    bool const grouped = command->name.find(':') != std::string_view::npos;
    if (group.empty() && grouped && group_of(command->name) != current) {
      current = group_of(command->name);
      out += " " + std::string(current) + "\n";
    }
    out += "  " + padded(std::string(command->name), names) + "  " + described_with_aliases(*command) + "\n";
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

exit_code show_list(context& with) {
  auto const& arguments = with.line.arguments;
  std::string const group = arguments.empty() ? "" : arguments.front();
  std::vector<command_spec const*> const listed = commands_of(group, with.file);
  if (with.given.text("format") == "json") {
    with.out.write(list_json(listed, group));
  } else {
    with.out.write(with.given.flag("raw") > 0 ? raw_text(listed) : list_text(listed, group, with.out.width()));
  }
  return exit_code::done;
}

exit_code show_help(context& with) {
  auto const& arguments = with.line.arguments;
  std::string const topic = arguments.empty() ? "" : arguments.front();
  std::string const format = with.given.text("format").value_or("txt");
  if (format == "man") {
    with.out.write(man_page(topic));
  } else if (topic == "options") {
    with.out.write(options_text(with.out.width()));
  } else {
    command_spec const& command = topic.empty() ? *with.line.command : find_command(topic);
    with.out.write(format == "json" ? help_json(command) : help_text(command, with.out.width()));
  }
  return exit_code::done;
}

exit_code self_update(context& with) {
  with.out.line(
      "This program does not update itself. Where a package manager installed it, that updates it; else "
      "replace the file by a newer release.");
  return exit_code::done;
}

}  // namespace cachetool::cli
