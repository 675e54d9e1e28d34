#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cachetool::cli {

/// All of a file that the command line names, or of standard input if it is "-". Throws error (usage) if it cannot be
/// read.
std::string read_file(std::string const& path);

/// The parts of TEXT between NUL bytes if it has any, else its lines; empty ones left out.
std::vector<std::string> split_list(std::string_view text);

}  // namespace cachetool::cli
