#pragma once

#include <sys/types.h>

#include <string_view>
#include <vector>

namespace cachetool::fpm {

/// The users that the children of a php-fpm master run as, each once. Empty where the process table does not tell: no
/// such process, another pid namespace, hidepid, an ondemand pool without workers. Source: proc(5),
/// /proc/PID/task/TID/children and /proc/PID/status.
std::vector<uid_t> child_users(pid_t master);

/// The workers of one pool of a php-fpm master that are alive now. Empty where the process table does not tell, as
/// above. Source: the title "php-fpm: pool NAME" in /proc/PID/cmdline (php-src sapi/fpm/fpm/fpm_children.c).
std::vector<pid_t> pool_workers(pid_t master, std::string_view pool);

}  // namespace cachetool::fpm
