#pragma once

#include <memory>

#include "adapter/adapter.hpp"
#include "agent/observer.hpp"

namespace cachetool::cli {

class console;

/// Says on standard error what an adapter does, as far as `verbosity` (0 to 3, from -v, -vv and -vvv) asks for it.
/// Warns where the user should know. The console must outlive the result.
std::unique_ptr<agent::observer> make_log(int verbosity, console& talk);

}  // namespace cachetool::cli
