#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cachetool::cli {

/// Returns the contents of a file that the command line names, or of standard input for "-". It may be a pipe. Throws
/// error: timeout if the file has not ended after `patience` (not set: waits for ever); usage if it cannot be read, is
/// larger than 256 MiB, or is a named pipe whose other end nobody opens within five seconds.
std::string read_file(std::string const& path, std::optional<std::chrono::milliseconds> patience = {});

/// Splits the text at NUL bytes if it has any, else into lines; leaves out empty parts.
std::vector<std::string> split_list(std::string_view text);

}  // namespace cachetool::cli
