#pragma once

#include <string_view>

namespace cachetool::cli {

class context;
enum class exit_code : int;

/// Returns a script that makes the shell ("bash", "zsh" or "fish") complete command lines. Throws error (usage) for
/// another shell.
std::string_view completion_script(std::string_view shell);

/// The command `completion`.
exit_code show_completion(context& with);

/// The command `_complete`, which the scripts call with the words of a line up to the cursor. It writes a line that
/// says what else may stand there, "words" (nothing else), "files" or "directories", and a line for each suggestion:
/// the whole word, a tab, and what it is.
exit_code complete_line(context& with);

}  // namespace cachetool::cli
