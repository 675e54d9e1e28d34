#pragma once

#include <optional>
#include <string>

#include "fpm/proc.hpp"

namespace cachetool::fpm {

/// Where a process runs, from the caller's own process table. What is hidden counts as the caller's own, except the pid
/// namespace.
struct whereabouts {
  std::optional<bool> other_pids;  ///< in a pid namespace of its own, below the caller's; nothing if unknown
  bool other_mounts = false;       ///< with another root directory or mount namespace: systemd's PrivateTmp, a chroot
  bool other_files = false;    ///< its root directory is another file system than the caller's, or another part of it
  bool other_network = false;  ///< in a network namespace of its own

  /// True if it is in a container, and not only sandboxed by the machine's own service manager.
  [[nodiscard]] bool contained() const noexcept { return other_pids.value_or(false) || (other_mounts && other_files); }

  /// True if nothing tells that it is not in a container.
  [[nodiscard]] bool may_be_contained() const noexcept { return contained() || !other_pids; }
};

/// Whether a process is in another pid namespace than the caller. Nothing if unknown.
std::optional<bool> has_other_pids(proc const& processes, std::string const& pid);

/// The whereabouts of the process with that pid. Sources: proc(5), /proc/<pid>/ns/pid, /proc/<pid>/status (NSpid),
/// /proc/<pid>/mountinfo, /proc/<pid>/net, whose files have inode numbers of their own in each network namespace.
whereabouts whereabouts_of(proc const& processes, std::string const& pid);

}  // namespace cachetool::fpm
