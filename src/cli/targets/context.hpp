#pragma once

#include "cli/line/command_line.hpp"
#include "cli/line/options.hpp"
#include "cli/output/console.hpp"
#include "cli/settings/settings.hpp"
#include "cli/targets/signals.hpp"

namespace cachetool::cli {

/// Everything that a command works with.
class context {
 public:
  command_line const& line;
  options const& given;
  environment const& env;
  config const& file;
  console& out;
};

}  // namespace cachetool::cli
