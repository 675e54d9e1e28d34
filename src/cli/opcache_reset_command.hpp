#pragma once

#include "cli/context.hpp"
#include "cli/exit_code.hpp"

namespace cachetool::cli {

exit_code opcache_reset(context& with);

}  // namespace cachetool::cli
