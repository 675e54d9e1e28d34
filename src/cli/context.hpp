#pragma once

#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/options.hpp"
#include "cli/settings.hpp"
#include "cli/signals.hpp"

namespace cachetool::cli {

/// All that a command works with.
class context {
 public:
  command_line const& line;
  options const& given;
  environment const& env;
  config const& file;
  console& out;
};

}  // namespace cachetool::cli
