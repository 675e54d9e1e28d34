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
  std::vector<std::string> environment;  ///< "NAME=value", added to what this process has
  std::string_view input;                ///< its standard input
  std::string_view extra_input;          ///< its descriptor 3
  std::chrono::milliseconds timeout{30000};
  int interrupt_fd = -1;
};

struct child_result {
  int status = 0;   ///< as a shell has it: the exit code, or 128 and the signal's number
  std::string err;  ///< the first 8 KB of its standard error
};

/// Runs a program, passes what it prints to OUT, and returns when it has ended. Throws error (unreachable) if there is
/// no such program, (timeout), (interrupted), and what OUT throws; the program is ended and waited for then.
child_result run_child(child_options const& options, std::function<void(std::string_view)> const& out);

}  // namespace cachetool::adapter
