#pragma once

#include <optional>
#include <string>

#include "fpm/proc.hpp"

namespace cachetool::fpm {

/// Where a process runs, as the caller's own process table tells it. What of it is hidden is taken for the caller's
/// own, but for its pid namespace.
struct whereabouts {
  std::optional<bool> other_pids;  ///< in a pid namespace of its own, below the caller's; nothing where that is unknown
  bool other_mounts = false;       ///< with another root directory or mount namespace: systemd's PrivateTmp, a chroot
  bool other_files = false;    ///< its root directory is another file system than the caller's, or another part of it
  bool other_network = false;  ///< in a network namespace of its own

  /// In a container, and not only sandboxed by the machine's own service manager.
  [[nodiscard]] bool contained() const noexcept { return other_pids.value_or(false) || (other_mounts && other_files); }

  /// Nothing tells that it is in none.
  [[nodiscard]] bool may_be_contained() const noexcept { return contained() || !other_pids; }
};

/// Whether a process is in another pid namespace than the caller. Nothing where that is not told.
std::optional<bool> has_other_pids(proc const& processes, std::string const& pid);

/// Of the process with that number. Sources: proc(5), /proc/PID/ns/pid, /proc/PID/status (NSpid), /proc/PID/mountinfo,
/// /proc/PID/net, whose files have numbers of their own in each network namespace.
whereabouts whereabouts_of(proc const& processes, std::string const& pid);

}  // namespace cachetool::fpm
