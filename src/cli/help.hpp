#pragma once

#include <string>

namespace cachetool::cli {

class context;
struct command_spec;
enum class exit_code : int;

/// "CacheTool 11.0.0"
std::string version_text();

/// What `help COMMAND` prints.
std::string help_text(command_spec const& command);

/// The commands `list` and `help`.
exit_code show_list(context& with);
exit_code show_help(context& with);

}  // namespace cachetool::cli
