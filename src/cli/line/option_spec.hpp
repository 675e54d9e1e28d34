#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// All options and commands, as plain data: the one table behind parsing, `list`, `help` and completion.
namespace cachetool::cli {

enum class arity : std::uint8_t {
  flag,            ///< --name
  optional_value,  ///< --name or --name=value (and --name value)
  value            ///< --name=value or --name value
};

enum class value_type : std::uint8_t {
  text,
  endpoint,  ///< an address of php-fpm, not empty
  nonempty,  ///< text of at least one byte
  seconds,   ///< a positive number, fractions allowed
  count,     ///< a whole number, 0 or more
  choice     ///< one of `choices`
};

/// What a shell may offer for a value, besides `choices`.
enum class offer : std::uint8_t {
  nothing,
  file,
  directory,
  endpoint,     ///< what a php-fpm listens on: a file, or one that is found
  pool,         ///< the name of a pool that is found
  php_version,  ///< the PHP of a php-fpm that is found
  command,
  group  ///< of commands
};

struct option_spec {
  std::string_view name{};  ///< without the dashes
  char letter = 0;          ///< the short form; 0: none
  arity takes = arity::flag;
  value_type type = value_type::text;
  std::string_view value_name{};  ///< as help shows it: "FILE"
  std::string_view help{};
  std::string_view choices{};  ///< "table|json|csv"
  bool repeatable = false;
  offer offers = offer::nothing;
};

struct argument_spec {
  std::string_view name{};
  std::string_view help{};
  bool required = false;
  bool repeatable = false;  ///< only for the last argument: any number of words
  offer offers = offer::nothing;
  std::string_view choices{};  ///< what a shell offers: "bash|zsh|fish"
};

/// Which php-fpm a command works on.
enum class target_policy : std::uint8_t {
  none,         ///< it does not talk to PHP
  every,        ///< all that are named, or else all that are found and can be reached
  every_found,  ///< the same, including those that cannot be reached
  one_found,    ///< all that are named, or else the only one that is found; more are ambiguous
  exactly_one   ///< one, named or found
};

/// Which part of each php-fpm it works on.
enum class target_scope : std::uint8_t {
  master,       ///< its caches, which all its pools share, so one pool is enough
  pool,         ///< what each pool has of its own
  whole_master  ///< its caches and every worker of all its pools, whichever pool was named; no table says so, but
                ///< whoever calls for_each_whole_master()
};

class context;
enum class exit_code : int;

struct command_spec {
  std::string_view name{};
  std::string_view description{};
  std::string_view help{};  ///< shown by `help <command>` under the options; may be empty
  std::span<option_spec const> options{};
  std::span<argument_spec const> arguments{};
  std::string_view examples{};  ///< command lines, one a line
  exit_code (*run)(context&) = nullptr;
  target_policy targets = target_policy::every;
  std::string_view aliases{};  ///< other names, "update|self-update"
  target_scope scope = target_scope::master;
  bool once = false;            ///< must not be done twice: several addresses of one master are one target
  bool keeps_deadline = false;  ///< reads --deadline itself, and ends in good order by then
  bool of_site = false;  ///< its first argument is a site's link or release; php-fpm that do not serve the site are not
                         ///< meant
  bool is_plugin = false;  ///< a monitoring plugin: its exit codes are 0 to 3
  bool internal = false;   ///< for the shells' completion: no list shows it
};

/// Splits a text at its bars: choices, aliases.
std::vector<std::string_view> alternatives(std::string_view text);

/// The options that every command takes, in the order of `list`.
std::span<option_spec const> global_options() noexcept;

/// Every command, in the order of `list`.
std::span<command_spec const> commands() noexcept;

}  // namespace cachetool::cli
