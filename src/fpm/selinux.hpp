#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "fpm/discovery.hpp"

namespace cachetool::fpm {

/// SELinux's labels for a file and a process: "system_u:object_r:user_tmp_t:s0". Empty if hidden.
struct security_labels {
  std::string file;
  std::string process;
};

/// Returns the labels of a file and of a worker of the master (pid 0: unknown), if SELinux is enforcing on this
/// machine: then it may forbid the access, whatever the modes say. `file` is the path as the worker sees it. Sources:
/// selinuxfs, /sys/fs/selinux/enforce; /proc/<pid>/attr/current; the attribute security.selinux.
std::optional<security_labels> enforced_labels(std::string const& file, pid_t master, search_options const& where = {});

}  // namespace cachetool::fpm
