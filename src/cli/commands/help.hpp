#pragma once

#include <string>

namespace cachetool::cli {

class context;
struct command_spec;
enum class exit_code : int;

/// "CacheTool 11.0.0"
std::string version_text();

/// What `help <command>` prints.
std::string help_text(command_spec const& command);

/// The usage line in `help <command>`: "opcache:compile:script [options] [--] <path>".
std::string usage_text(command_spec const& command);

/// The commands `list`, `help` and `self:update`.
exit_code show_list(context& with);
exit_code show_help(context& with);
exit_code self_update(context& with);

}  // namespace cachetool::cli
