#pragma once

#include <memory>

#include "adapter/adapter.hpp"
#include "agent/observer.hpp"

namespace cachetool::cli {

class console;

/// Says on standard error what an adapter does, as loud as -v, -vv and -vvv ask; and warns where the user should know.
/// VERBOSITY is 0 to 3. TALK must outlive the result.
std::unique_ptr<agent::observer> make_log(int verbosity, console& talk);

}  // namespace cachetool::cli
