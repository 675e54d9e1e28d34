#pragma once

#include <string>

#include "agent/agent.hpp"
#include "placement/worker_root.hpp"

namespace cachetool::placement {

/// Root only: sees to it that DIRECTORY/<sha256>.php holds the agent, and returns that path. The file is root:root 0444
/// in a root-owned 0711 directory, stays for the next call, and is checked (owner, mode, time, bytes) at each use. It
/// appears whole or not at all, and holds no secret. Throws error (placement), also if processes with this ROOT do not
/// see that very file.
std::string kept_file(worker_root const& root, std::string const& directory, agent::source const& source);

}  // namespace cachetool::placement
