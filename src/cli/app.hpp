#pragma once

#include <string>
#include <vector>

namespace cachetool::cli {

/// Runs one command line (without the program's name) and returns the exit code. Never throws.
int run(std::vector<std::string> const& arguments);

}  // namespace cachetool::cli
