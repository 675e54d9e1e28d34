#pragma once

#include "cli/output/exit_code.hpp"
#include "cli/targets/context.hpp"

namespace cachetool::cli {

/// Does it again and again, with a pause of --watch seconds (2), until a signal comes or nobody reads the output any
/// more. Returns the exit code of the signal, or of the last time. Throws error (usage) for --watch with --deadline.
exit_code repeat(context& with, exit_code (*once)(context&));

/// A command that has the option --watch, for the table.
template <exit_code (*Once)(context&)>
exit_code watched(context& with) {
  return with.given.given("watch") ? repeat(with, Once) : Once(with);
}

}  // namespace cachetool::cli
