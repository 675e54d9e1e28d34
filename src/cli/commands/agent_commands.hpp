#pragma once

#include "cli/output/exit_code.hpp"
#include "cli/targets/context.hpp"

namespace cachetool::cli {

exit_code agent_install(context& with);
exit_code agent_show(context& with);

}  // namespace cachetool::cli
