#pragma once

#include <string>
#include <string_view>

#include "adapter/worker_root.hpp"

namespace cachetool::adapter {

/// Where the agent is installed with the program: "/usr/share/cachetool/agent.php".
std::string_view installed_agent_path() noexcept;

/// True if the agent that was installed with the program is this program's, nobody but root can change it, and
/// processes with this ROOT see it.
bool installed_agent_is_good(worker_root const& root);

/// Root only: writes the complete agent to PATH, which is absolute: it appears there whole or not at all, root:root
/// 0444. A directory that is missing is made if its parent is there. False if it lay there already. Throws error
/// (usage) if anybody else could replace it: a directory on the way that others can write.
bool install_agent(std::string const& path);

}  // namespace cachetool::adapter
