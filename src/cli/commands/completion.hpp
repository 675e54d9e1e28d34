#pragma once

#include <string>
#include <string_view>

namespace cachetool::cli {

class context;
enum class exit_code : int;

/// Returns a script that makes the shell ("bash", "zsh" or "fish") complete commands and options. Throws error (usage)
/// for another shell.
std::string completion_script(std::string_view shell);

/// The command `completion`.
exit_code show_completion(context& with);

}  // namespace cachetool::cli
