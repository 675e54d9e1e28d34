#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cachetool::base {

/// The first `limit` bytes of a text as printable ASCII: everything else becomes \r, \n, \t or \xNN, so that bytes from
/// outside can be part of a message. "..." follows if there was more.
std::string printable(std::string_view text, std::size_t limit);

/// The text as one word of a shell command, for hints that somebody may paste: quoted if it contains anything special.
std::string shell_word(std::string_view text);

/// A duration as people write it: "50 ms", "5 s", "1.5 s".
std::string duration_text(std::chrono::milliseconds value);

/// "1 worker", "12 workers"
std::string counted(std::int64_t number, std::string_view thing);

/// The system's text for an errno value: "Connection refused".
std::string errno_text(int code);

}  // namespace cachetool::base
