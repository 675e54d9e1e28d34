#pragma once

#include <sys/types.h>

#include <vector>

namespace cachetool::fpm {

/// The users that the children of a php-fpm master run as, each once. Empty where the process table does not tell: no
/// such process, another pid namespace, hidepid, an ondemand pool without workers. Source: proc(5),
/// /proc/PID/task/TID/children and /proc/PID/status.
std::vector<uid_t> child_users(pid_t master);

}  // namespace cachetool::fpm
