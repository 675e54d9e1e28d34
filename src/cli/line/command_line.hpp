#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/line/option_spec.hpp"

namespace cachetool::cli {

/// A command line whose order, abbreviations and short forms are resolved.
struct command_line {
  struct given_option {
    option_spec const* spec;
    std::optional<std::string> value;  ///< absent for a flag, and for an optional value that was left out
  };

  command_spec const* command = nullptr;  ///< null if none was named
  std::vector<given_option> options;      ///< in the order on the line
  std::vector<std::string> arguments;     ///< as they are, including "[1,2]", and after "--" also words that begin with
                                          ///< '-'
};

/// Reads the arguments (without the program's name). Options may stand anywhere before "--". Command names and long
/// options may be abbreviated as long as they are unique. Short flags may be bundled. A value may follow its option
/// with or without '=' (after a short option: with nothing) between them. An option with an optional value takes the
/// next word, unless that begins with '-', or names a command and no command was seen yet. Throws error (usage) that
/// suggests similar names.
command_line read_command_line(std::vector<std::string> const& arguments);

/// Throws error (usage) if the command's arguments are too few or too many.
void check_arguments(command_line const& line);

/// A command line that is not finished: what has been said by the end of it.
struct open_line {
  command_spec const* command = nullptr;     ///< null if none was named, or it is not known
  option_spec const* wants_value = nullptr;  ///< the last word is this option, and its value comes next
  std::size_t arguments = 0;
  bool options_ended = false;  ///< "--" was seen
  std::vector<option_spec const*> given;

  /// Returns the options that may be given: the command's own first, then those of all commands.
  [[nodiscard]] std::vector<option_spec const*> options() const;
};

/// Reads what stands before the word that is being typed. Mistakes in it are skipped.
open_line read_open_line(std::vector<std::string> const& words);

/// Returns the names of commands that `word` is the beginning of, part by part: "o:res" begins opcache:reset and
/// opcache:reset:file-cache. No aliases, no internal ones.
std::vector<command_spec const*> commands_begun_by(std::string_view word);

/// Returns the command that `name` means: its name, an alias, or a unique abbreviation of each part between colons
/// ("o:res"). Throws error (usage) with similar names if there is none, or more than one.
command_spec const& find_command(std::string_view name);

}  // namespace cachetool::cli
