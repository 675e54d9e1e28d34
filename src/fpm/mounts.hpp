#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "fpm/proc.hpp"

namespace cachetool::fpm {

/// One line of a mount table.
struct mount_line {
  std::string what;   ///< "8:1 /srv": the device, and the part of its file system
  std::string point;  ///< where it is mounted
};

/// Calls `each` with the first 100,000 mounts of a process, in order. Returns what proc::lines() does. Source: proc(5),
/// /proc/<pid>/mountinfo.
std::optional<not_told> mounts_of(proc const& processes, std::string const& pid,
                                  std::function<void(mount_line const&)> const& each);

/// Whether this path, which must not depend on links, leads a process to the same part of the same file system as the
/// caller. Nothing if hidden.
std::optional<bool> shares(proc const& processes, std::string const& pid, std::string_view path);

/// False if the mount tables say that this path leads the process into another file system than the caller, or another
/// part of it: a private /tmp, a container. For callers that may not look at /proc/<pid>/root.
bool may_share(pid_t process, std::string_view path);

}  // namespace cachetool::fpm
