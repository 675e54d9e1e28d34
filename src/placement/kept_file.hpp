#pragma once

#include <string>

#include "agent/agent.hpp"
#include "placement/worker_root.hpp"

namespace cachetool::placement {

/// Root only: makes sure that <directory>/<sha256>.php holds the agent, and returns that path. The file is root:root
/// 0444 in a root-owned 0711 directory, and stays for the next call. Every use checks its owner, mode, time and bytes.
/// It appears whole or not at all, and holds no secret. Throws error (placement), also if processes with this root
/// directory do not see that very file.
std::string kept_file(worker_root const& root, std::string const& directory, agent::source const& source);

}  // namespace cachetool::placement
