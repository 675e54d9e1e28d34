#include "cli/line/options.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include <cachetool/error.hpp>

namespace cachetool::cli {
namespace {

// Text does not go through CLI11, which would split "[1,2]" and drop an empty value.
bool is_text(option_spec const& spec) {
  return spec.type == value_type::text || spec.type == value_type::nonempty || spec.type == value_type::endpoint;
}

// An unset shell variable must not turn into another target.
void check_not_empty(option_spec const& spec, std::optional<std::string> const& value) {
  bool const needs_text = spec.type == value_type::endpoint || spec.type == value_type::nonempty;
  if (!needs_text || !value || !value->empty()) return;
  throw error(error_kind::usage, "the option --" + std::string(spec.name) + " has an empty value")
      .advise(spec.type == value_type::endpoint
                  ? "is a shell variable unset? leave the value away to have php-fpm found"
                  : "is a shell variable unset?");
}

// "table, json or csv"
std::string list_of(std::vector<std::string_view> const& choices) {
  std::string list;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    list += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + std::string(choices[i]);
  }
  return list;
}

// Where a percentage is wanted, "20%" means 20.
std::string number_in(option_spec const& spec, std::string const& value) {
  bool const is_percent = spec.value_name == "PERCENT" && value.size() > 1 && value.ends_with('%');
  return is_percent ? value.substr(0, value.size() - 1) : value;
}

std::optional<std::int64_t> to_count(std::string const& text) {
  constexpr std::int64_t most = 1'000'000'000;
  std::int64_t number = 0;
  auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool const is_one = failed == std::errc() && end == text.data() + text.size() && number >= 0 && number <= most;
  return is_one ? std::optional(number) : std::nullopt;
}

bool is_seconds(std::string const& text) {
  constexpr double longest = 1e6;  // eleven days; more would overflow a poll
  double number = 0;
  if (text.find_first_not_of("0123456789.") != std::string::npos) return false;  // "1e3", "inf"
  return CLI::detail::lexical_cast(text, number) && number > 0 && number <= longest;
}

bool is_choice(option_spec const& spec, std::string const& text) {
  auto const choices = alternatives(spec.choices);
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

[[noreturn]] void refuse(option_spec const& spec, std::string const& value, std::string const& wanted,
                         std::string_view example) {
  std::string const name = "--" + std::string(spec.name);
  throw error(error_kind::usage, "the option " + name + " takes " + wanted + ", not \"" + value + "\"")
      .advise("for example " + name + "=" + std::string(example));
}

// CLI11 calls this before it converts a value. Errors are thrown in our own words; CLI11 lets our exception through.
CLI::Validator validator_of(option_spec const& spec) {
  return {[&spec](std::string& value) -> std::string {
            if (spec.type == value_type::choice && !is_choice(spec, value)) {
              auto const choices = alternatives(spec.choices);
              refuse(spec, value, list_of(choices), choices.front());
            }
            if (spec.type == value_type::seconds && !is_seconds(value)) {
              refuse(spec, value, "a time in seconds above 0", "2.5");
            }
            if (spec.type != value_type::count) return {};
            auto const count = to_count(number_in(spec, value));
            if (!count) refuse(spec, value, "a whole number from 0 to 1000000000", "3");
            value = std::to_string(*count);  // CLI11 takes a number with a leading 0 for octal
            return {};
          },
          {}};
}

}  // namespace

options::options(command_line const& line) : command_(line.command) {
  for (auto const& given : line.options) {
    given_[given.spec->name].push_back(given.value);
    check_not_empty(*given.spec, given.value);
  }
  convert(line);
}

void options::convert(command_line const& line) {
  CLI::App app;
  app.set_help_flag();
  for (auto const& given : line.options) {
    option_spec const& spec = *given.spec;
    if (spec.takes == arity::flag) {
      ++flags_[spec.name];
    } else if (given.value && !is_text(spec)) {
      declared(app, spec).add_result(*given.value);
    }
  }
  for (CLI::Option* option : app.get_options()) option->run_callback();  // checks and converts
}

CLI::Option& options::declared(CLI::App& app, option_spec const& spec) {
  std::string const name = "--" + std::string(spec.name);
  if (CLI::Option* const known = app.get_option_no_throw(name)) return *known;
  CLI::Option* const option = spec.type == value_type::count     ? app.add_option(name, counts_[spec.name])
                              : spec.type == value_type::seconds ? app.add_option(name, seconds_[spec.name])
                                                                 : app.add_option(name);
  return *option->transform(validator_of(spec))->take_last();
}

void options::require_known(std::string_view name) const {
  auto const is_it = [name](option_spec const& each) { return each.name == name; };
  auto const has = [&](std::span<option_spec const> all) { return std::any_of(all.begin(), all.end(), is_it); };
  if (has(global_options()) || command_ == nullptr || has(command_->options)) return;
  throw std::logic_error("the table of " + std::string(command_->name) + " has no option --" + std::string(name));
}

int options::flag(std::string_view name) const {
  require_known(name);
  auto const found = flags_.find(name);
  return found == flags_.end() ? 0 : found->second;
}

bool options::given(std::string_view name) const {
  require_known(name);
  return given_.count(name) != 0;
}

std::optional<std::string> options::text(std::string_view name) const {
  require_known(name);
  auto const found = given_.find(name);
  return found == given_.end() ? std::nullopt : found->second.back();
}

std::optional<std::chrono::milliseconds> options::seconds(std::string_view name) const {
  require_known(name);
  auto const found = seconds_.find(name);
  if (found == seconds_.end()) return std::nullopt;
  // Never 0, which would mean not to wait at all.
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(found->second));
}

std::optional<std::int64_t> options::count(std::string_view name) const {
  require_known(name);
  auto const found = counts_.find(name);
  return found == counts_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::optional<std::string>> options::all(std::string_view name) const {
  require_known(name);
  auto const found = given_.find(name);
  return found == given_.end() ? std::vector<std::optional<std::string>>() : found->second;
}

}  // namespace cachetool::cli
