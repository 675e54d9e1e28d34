#pragma once

#include "cli/output/exit_code.hpp"
#include "cli/targets/context.hpp"

namespace cachetool::cli {

exit_code opcache_reset(context& with);

}  // namespace cachetool::cli
