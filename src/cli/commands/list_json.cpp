#include "cli/commands/list_json.hpp"

#include "cli/commands/help.hpp"
#include "cli/commands/help_text.hpp"
#include "report/json.hpp"

namespace cachetool::cli {
namespace {

void write_argument(report::json_writer& json, argument_spec const& argument) {
  json.key(argument.name).begin_object();
  json.key("name").string(argument.name);
  json.key("is_required").boolean(argument.required);
  json.key("is_array").boolean(argument.repeatable);
  json.key("description").string(argument.help);
  json.key("default").null();
  json.end_object();
}

void write_option(report::json_writer& json, option_spec const& option) {
  json.key(option.name).begin_object();
  json.key("name").string("--" + std::string(option.name));
  json.key("shortcut").string(option.letter == 0 ? "" : std::string("-") + option.letter);
  json.key("accept_value").boolean(option.takes != arity::flag);
  json.key("is_value_required").boolean(option.takes == arity::value);
  json.key("is_multiple").boolean(option.repeatable);
  json.key("description").string(option.help);
  json.key("default");
  option.takes == arity::flag ? json.boolean(false) : json.null();
  json.end_object();
}

void write_command(report::json_writer& json, command_spec const& command) {
  json.begin_object();
  json.key("name").string(command.name);
  json.key("description").string(command.description);
  json.key("usage").begin_array().string(usage_text(command));
  for (std::string_view const alias : alternatives(command.aliases)) json.string(alias);
  json.end_array();
  json.key("help").string(command.help.empty() ? command.description : command.help);
  json.key("hidden").boolean(false);
  json.key("definition").begin_object();
  json.key("arguments").begin_object();
  for (argument_spec const& argument : command.arguments) write_argument(json, argument);
  json.end_object().key("options").begin_object();
  for (option_spec const& option : command.options) write_option(json, option);
  for (option_spec const& option : global_options()) write_option(json, option);
  json.end_object().end_object().end_object();
}

std::string_view namespace_of(command_spec const& command) {
  std::size_t const colon = command.name.find(':');
  return colon == std::string_view::npos ? "_global" : command.name.substr(0, colon);
}

// The commands are sorted by namespace.
void write_namespaces(report::json_writer& json, std::vector<command_spec const*> const& listed) {
  json.key("namespaces").begin_array();
  for (auto at = listed.begin(); at != listed.end();) {
    std::string_view const name = namespace_of(**at);
    json.begin_object().key("id").string(name).key("commands").begin_array();
    for (; at != listed.end() && namespace_of(**at) == name; ++at) json.string((*at)->name);
    json.end_array().end_object();
  }
  json.end_array();
}

}  // namespace

std::string list_json(std::vector<command_spec const*> const& listed, std::string const& group) {
  std::string out;
  report::json_writer json([&out](std::string_view text) { out += text; });
  std::string const version = version_text();
  json.begin_object().key("application").begin_object();
  json.key("name").string("CacheTool").key("version").string(version.substr(version.find(' ') + 1)).end_object();
  json.key("commands").begin_array();
  for (command_spec const* command : listed) write_command(json, *command);
  json.end_array();
  if (group.empty()) {
    write_namespaces(json, listed);
  } else {
    json.key("namespace").string(group);
  }
  json.end_object().flush();
  return out + "\n";
}

std::string help_json(command_spec const& command) {
  std::string out;
  report::json_writer json([&out](std::string_view text) { out += text; });
  write_command(json, command);
  json.flush();
  return out + "\n";
}

}  // namespace cachetool::cli
