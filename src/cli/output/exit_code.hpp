#pragma once

#include <cachetool/error.hpp>

namespace cachetool::cli {

/// The program's exit codes (docs/cli.md). With several targets, the largest of 0 to 5.
enum class exit_code : int {
  done = 0,
  refused = 1,      ///< the agent ran, and PHP said no
  usage = 2,        ///< the command line or the config file is wrong; nothing was sent
  unreachable = 3,  ///< php-fpm cannot be reached
  timed_out = 4,
  agent_not_run = 5,    ///< reached, but the agent did not run; or this side has no thread, descriptor or memory left
  output_lost = 6,      ///< done, but standard output could not be written; its text is on standard error
  interrupted_by = 128  ///< plus the signal's number
};

exit_code exit_code_for(error_kind kind) noexcept;

}  // namespace cachetool::cli
