#include "cli/line/suggestions.hpp"

#include <algorithm>

#include "cli/line/command_line.hpp"

namespace cachetool::cli {
namespace {

std::string dashed(option_spec const& option) {
  return "--" + std::string(option.name);
}

void add_choices(suggestions& to, std::string const& before, std::string_view choices, std::string_view current,
                 std::string_view help) {
  for (std::string_view const choice : alternatives(choices)) {
    std::string word = before + std::string(choice);
    if (word.starts_with(current)) to.words.push_back({std::move(word), help});
  }
}

// `before` is "--format=", or empty if the value is a word of its own.
suggestions for_value(option_spec const& option, std::string const& before, std::string_view current) {
  suggestions found{.words = {}, .rest = option.offers, .before = before};
  add_choices(found, before, option.choices, current, option.help);
  return found;
}

void add_option(suggestions& to, option_spec const& option, std::string_view current) {
  std::string const name = dashed(option);
  bool const has_choices = !option.choices.empty();
  if (has_choices) return add_choices(to, name + "=", option.choices, current, option.help);
  bool const has_value = option.takes == arity::value || option.offers != offer::nothing;
  if (name.starts_with(current)) to.words.push_back({name + (has_value ? "=" : ""), option.help});
}

suggestions for_option(open_line const& line, std::string_view current) {
  suggestions found;
  std::size_t const equals = current.find('=');
  for (option_spec const* option : line.options()) {
    if (equals != std::string_view::npos) {
      if (current.substr(0, equals) == dashed(*option)) return for_value(*option, dashed(*option) + "=", current);
      continue;
    }
    bool const given = std::find(line.given.begin(), line.given.end(), option) != line.given.end();
    if (!given || option->repeatable) add_option(found, *option, current);
  }
  return found;
}

suggestions for_command(std::string_view current) {
  suggestions found;
  for (command_spec const* command : commands_begun_by(current)) {
    found.words.push_back({std::string(command->name), command->description});
  }
  return found;
}

suggestions for_group(std::string_view current) {
  suggestions found;
  for (command_spec const* command : commands_begun_by(current)) {
    std::string_view const group = command->name.substr(0, command->name.find(':'));
    bool const known = !found.words.empty() && found.words.back().word == group;
    if (group.size() < command->name.size() && !known) found.words.push_back({std::string(group)});
  }
  return found;
}

suggestions for_argument(command_spec const& command, std::size_t at, std::string_view current) {
  if (command.arguments.empty()) return {};
  if (at >= command.arguments.size() && !command.arguments.back().repeatable) return {};
  argument_spec const& argument = command.arguments[std::min(at, command.arguments.size() - 1)];
  if (argument.offers == offer::command) return for_command(current);
  if (argument.offers == offer::group) return for_group(current);
  suggestions found{.words = {}, .rest = argument.offers, .before = {}};
  add_choices(found, {}, argument.choices, current, argument.help);
  return found;
}

}  // namespace

suggestions suggest(std::vector<std::string> const& words, std::string_view current) {
  open_line const line = read_open_line(words);
  if (line.wants_value != nullptr) return for_value(*line.wants_value, {}, current);
  if (!line.options_ended && current.starts_with('-')) return for_option(line, current);
  if (line.command != nullptr) return for_argument(*line.command, line.arguments, current);
  return line.arguments == 0 ? for_command(current) : suggestions{};
}

}  // namespace cachetool::cli
