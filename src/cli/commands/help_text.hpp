#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/line/option_spec.hpp"

/// The texts that help and the man pages share, out of the table of commands.
namespace cachetool::cli {

/// A name and what it means, for lines in two columns.
struct described_row {
  std::string name;
  std::string_view text;
};

/// A row for each option: "-t, --tmp-dir=TMP-DIR", "    --fcgi[=FCGI]".
std::vector<described_row> option_rows(std::span<option_spec const> specs);

/// A row for each exit code that the command has.
std::vector<described_row> exit_code_rows(command_spec const& command);

/// The usage line, without the program's name: "opcache:compile:script [options] [--] <path>".
std::string usage_text(command_spec const& command);

/// Splits a text of several lines, such as a command's examples.
std::vector<std::string_view> lines_of(std::string_view text);

/// "opcache" of "opcache:reset"; the whole name of a command without a group.
std::string_view group_of(std::string_view name);

/// What `help <command>` prints, in lines of `width` columns.
std::string help_text(command_spec const& command, std::size_t width);

/// What `help options` prints: the options that every command takes.
std::string options_text(std::size_t width);

/// The text with blanks behind it, `width` bytes long at least.
std::string padded(std::string text, std::size_t width);

/// Rows in two columns, indented by two; the second is wrapped at `width`.
std::string columns(std::vector<described_row> const& rows, std::size_t width);

}  // namespace cachetool::cli
