#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

namespace cachetool::adapter {

/// A program to run, without a shell.
struct child_options {
  std::vector<std::string> argv;         ///< argv[0] is looked up in PATH
  std::vector<std::string> environment;  ///< "NAME=value", added to this process's environment
  std::string_view input;                ///< its standard input
  std::string_view extra_input;          ///< its descriptor 3
  std::chrono::milliseconds timeout{30000};
  int interrupt_fd = -1;
};

struct child_result {
  int status = 0;   ///< as in a shell: the exit code, or 128 plus the signal's number
  std::string err;  ///< the first 8 KB of its standard error
};

/// Runs a program, passes its output to `out`, and returns when it has ended. Throws error (unreachable) if there is no
/// such program, (timeout), (interrupted), and what `out` throws; then the program is ended first.
child_result run_child(child_options const& options, std::function<void(std::string_view)> const& out);

}  // namespace cachetool::adapter
