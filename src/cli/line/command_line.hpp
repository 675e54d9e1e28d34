#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/line/option_spec.hpp"

namespace cachetool::cli {

/// A command line after its order, abbreviations and short forms are resolved.
struct command_line {
  struct given_option {
    option_spec const* spec;
    std::optional<std::string> value;  ///< absent for a flag, or an optional value that was left out
  };

  command_spec const* command = nullptr;  ///< null if none was named
  std::vector<given_option> options;      ///< in the order of the line
  std::vector<std::string> arguments;     ///< as they are, also "[1,2]" and what begins with '-' after "--"
};

/// Reads ARGUMENTS (without the program's name). Options may stand anywhere before "--"; command names and long options
/// may be abbreviated as long as they stay unique; short flags may be bundled; a value may follow its option with or
/// without '=' (short: nothing) between. An option whose value is optional takes the next word unless that begins with
/// '-' or, as long as no command was seen, names one. Throws error (usage), naming what is near.
command_line read_command_line(std::vector<std::string> const& arguments);

/// The command that NAME means: its name, an alias, or a unique abbreviation of each part between colons ("o:res").
/// Throws error (usage) with the near names if there is none, or more than one.
command_spec const& find_command(std::string_view name);

}  // namespace cachetool::cli
