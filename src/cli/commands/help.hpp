#pragma once

#include <string>

namespace cachetool::cli {

class context;
enum class exit_code : int;

/// "CacheTool 11.0.0"
std::string version_text();

/// The commands `list`, `help` and `self:update`.
exit_code show_list(context& with);
exit_code show_help(context& with);
exit_code self_update(context& with);

}  // namespace cachetool::cli
