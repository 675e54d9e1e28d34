#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.hpp"

namespace cachetool::test {

struct program_options {
  /// What to run; empty: the built cachetool (CACHETOOL_PROGRAM, or where CMake put it).
  std::string path;

  /// The environment, with PATH and the sanitizers' options added; nothing else of ours is passed on.
  std::map<std::string, std::string> environment;

  std::string directory = "/";
  std::optional<uid_t> user;
  int standard_output = -1;                  ///< a descriptor that it prints to; -1: what it prints is kept
  int standard_input = -1;                   ///< -1: /dev/null
  std::chrono::milliseconds timeout{20000};  ///< after it the program is killed
};

struct program_result {
  std::string out;
  std::string err;
  int exit_code = -1;      ///< -1 if a signal ended it
  int signal = 0;          ///< 0 if it exited
  bool timed_out = false;  ///< killed by us
};

/// The path of the built cachetool.
std::string built_program();

/// The program, running with ARGUMENTS.
class program {
 public:
  explicit program(std::vector<std::string> const& arguments, program_options const& options = {});
  program(program const&) = delete;
  program& operator=(program const&) = delete;
  ~program();

  [[nodiscard]] pid_t pid() const noexcept { return child_.pid(); }
  void signal(int number) const noexcept { child_.signal(number); }

  /// Reads what it prints until it ends or its time is over.
  program_result finish();

 private:
  struct pipe_pair {
    pipe_pair();
    int read_end = -1;
    int write_end = -1;
  };
  child_options plan(std::vector<std::string> const& arguments, program_options const& options) const;

  pipe_pair out_;
  pipe_pair err_;
  child_process child_;
  std::chrono::steady_clock::time_point deadline_;
};

/// program{arguments, options}.finish()
program_result run_program(std::vector<std::string> const& arguments, program_options const& options = {});

}  // namespace cachetool::test
