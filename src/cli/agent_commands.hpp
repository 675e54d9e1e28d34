#pragma once

#include "cli/context.hpp"
#include "cli/exit_code.hpp"

namespace cachetool::cli {

exit_code agent_install(context& with);
exit_code agent_show(context& with);

}  // namespace cachetool::cli
