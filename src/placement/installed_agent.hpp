#pragma once

#include <optional>
#include <string>

#include "placement/worker_root.hpp"

namespace cachetool::placement {

/// Returns the path at which the agent is installed with this program, in whatever prefix:
/// "/usr/share/cachetool/agent.php" for "/usr/bin/cachetool". If /proc does not tell the program's path, the prefix is
/// the one that it was built for.
std::string installed_agent_path();

/// Returns the path of an installed agent, beside this program or in the prefix that it was built for. The agent is of
/// this version, only root can change it, and processes with this root directory see it. Nothing if there is none.
std::optional<std::string> good_installed_agent(worker_root const& root);

/// Root only: writes the complete agent to `path`, which is absolute. It appears there whole or not at all, root:root
/// 0444. Makes a missing directory if its parent exists. False if the agent lay there already. Throws error (usage) if
/// others can write to a directory on the way, because they could replace it.
bool install_agent(std::string const& path);

}  // namespace cachetool::placement
