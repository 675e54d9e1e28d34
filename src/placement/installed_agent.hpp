#pragma once

#include <optional>
#include <string>

#include "placement/worker_root.hpp"

namespace cachetool::placement {

/// Where the agent is installed with this program, which may have been put into any prefix:
/// "/usr/share/cachetool/agent.php" for "/usr/bin/cachetool". Where /proc does not tell, that of the prefix it was
/// built for.
std::string installed_agent_path();

/// An agent that was installed with this program, or into the prefix it was built for, which is this program's, which
/// nobody but root can change, and which processes with this ROOT see. Nothing if there is none.
std::optional<std::string> good_installed_agent(worker_root const& root);

/// Root only: writes the complete agent to PATH, which is absolute: it appears there whole or not at all, root:root
/// 0444. A directory that is missing is made if its parent is there. False if it lay there already. Throws error
/// (usage) if anybody else could replace it: a directory on the way that others can write.
bool install_agent(std::string const& path);

}  // namespace cachetool::placement
