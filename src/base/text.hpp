#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace cachetool::base {

/// The first LIMIT bytes of TEXT as printable ASCII: everything else becomes \r, \n, \t or \xNN, so that bytes from
/// outside can stand in a message. "..." follows if there was more.
std::string printable(std::string_view text, std::size_t limit);

/// TEXT as one word of a command that a shell reads, for hints that somebody may paste: quoted where it holds anything
/// that means something there.
std::string shell_word(std::string_view text);

/// A duration as people write it: "50 ms", "5 s", "1.5 s".
std::string duration_text(std::chrono::milliseconds value);

/// What the system says about an errno value: "Connection refused".
std::string errno_text(int code);

}  // namespace cachetool::base
