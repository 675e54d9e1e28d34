#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cachetool::cli {

/// All of a file that the command line names, or of standard input if it is "-". It may be a pipe: what has not ended
/// when PATIENCE is over, which without it never is, is error (timeout). Throws error (usage) if it cannot be read, is
/// larger than 256 MiB, or is a named pipe of which nobody opens the other end within five seconds.
std::string read_file(std::string const& path, std::optional<std::chrono::milliseconds> patience = {});

/// The parts of TEXT between NUL bytes if it has any, else its lines; empty ones left out.
std::vector<std::string> split_list(std::string_view text);

}  // namespace cachetool::cli
