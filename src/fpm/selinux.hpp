#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "fpm/discovery.hpp"

namespace cachetool::fpm {

/// What SELinux calls a file and a process: "system_u:object_r:user_tmp_t:s0". Empty where that is hidden.
struct security_labels {
  std::string file;
  std::string process;
};

/// The labels of FILE and of a worker of MASTER (0: not known), if SELinux is enforcing on this machine: then it may
/// keep the one from the other, whatever the modes say. FILE is as the worker sees it. Sources: selinuxfs,
/// /sys/fs/selinux/enforce; /proc/PID/attr/current; the attribute security.selinux.
std::optional<security_labels> enforced_labels(std::string const& file, pid_t master, search_options const& where = {});

}  // namespace cachetool::fpm
