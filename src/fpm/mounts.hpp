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
  std::string what;   ///< "8:1 /srv": the device, and which part of its file system
  std::string point;  ///< where it is mounted
};

/// Calls EACH with the mounts of a process, in their order: the first 100,000. Returns as proc::lines() does. Source:
/// proc(5), /proc/PID/mountinfo.
std::optional<not_told> mounts_of(proc const& processes, std::string const& pid,
                                  std::function<void(mount_line const&)> const& each);

/// Whether PATH, which links do not matter for, leads a process to what it leads the caller to: the same part of the
/// same file system. Nothing where that is hidden.
std::optional<bool> shares(proc const& processes, std::string const& pid, std::string_view path);

/// False if the mount tables say that PATH leads a process into another file system, or another part of it, than the
/// caller: a private /tmp, a container. For those who may not look at /proc/PID/root.
bool may_share(pid_t process, std::string_view path);

}  // namespace cachetool::fpm
