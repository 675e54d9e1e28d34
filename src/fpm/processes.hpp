#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fpm/master.hpp"
#include "fpm/proc.hpp"
#include "fpm/search_time.hpp"

namespace cachetool::fpm {

/// A php-fpm master and its workers, as the process table has them.
struct master_process {
  process self;
  std::string executable;                               ///< empty where the caller may not see it
  std::string config;                                   ///< as its title names it, which may be relative
  std::map<std::string, std::vector<process>> workers;  ///< by the names of the pools
};

/// Every php-fpm master that CALLER may see and may believe.
///
/// Any user can give a process the title "php-fpm: master process (/any/file)", and start a setuid program under it. So
/// a title alone makes no master:
/// - Where the executable can be seen, and root sees all, its name must hold "php" and "fpm", it must not be setuid,
/// and
///   the process must be root's or CALLER's through and through (real, effective, saved), or else the executable must
///   be one that only root can have put there.
/// - Where it cannot be seen, root believes nothing, and others believe processes that are root's through and through.
/// What a believed master says is still no more trustworthy than its user: that of another user runs code of his.
///
/// A worker is a process with the title "php-fpm: pool NAME" whose parent is a believed master. During a reload a
/// master shows its command line for a moment: then its configuration is what that names. Source: php-src
/// sapi/fpm/fpm/fpm_process_ctl.c, fpm_children.c, fpm_env.c.
/// What TIME does not suffice for is left out.
std::vector<master_process> master_processes(proc const& processes, uid_t caller, search_time const& time);

/// The children that a process has now; of a php-fpm master, all its workers. Absent if there is no such process;
/// unknown in another pid namespace and with hidepid. Source: proc(5), /proc/PID/task/PID/children.
looked_up<std::vector<pid_t>> children(proc const& processes, pid_t parent);

/// The effective user of a process.
looked_up<uid_t> user_of(proc const& processes, pid_t pid);

/// A worker, as the process table has it.
struct worker {
  process self;
  std::string pool;  ///< by its title; empty as long as it has none
};

/// The workers of a php-fpm master that are alive now. Unknown if one of them could not be looked at.
looked_up<std::vector<worker>> workers(proc const& processes, pid_t master);

/// True if each of a php-fpm master's workers has been alive for a second, as far as the process table tells: then
/// fpm_get_status() can be called, which crashes the worker that runs it while another one starts (php-src 18595,
/// 19974). False where it does not tell, and for a master without workers. Source: proc(5), /proc/PID/stat, starttime.
bool have_settled(proc const& processes, pid_t master);

/// The users that the children of a php-fpm master run as, each once; empty for an ondemand pool without workers.
/// Absent where there is no such process here, unknown if one of them could not be looked at. Source: proc(5),
/// /proc/PID/task/TID/children and /proc/PID/status.
looked_up<std::vector<uid_t>> child_users(pid_t master);

/// True if the process table tells which children MASTER has now, and by the numbers that they themselves see: they are
/// in the same pid namespace. Source: as above.
bool sees_children(pid_t master);

/// The workers of one pool of a php-fpm master that are alive now. Unknown if one that could be its could not be looked
/// at. Source: the title "php-fpm: pool NAME" in /proc/PID/cmdline (php-src sapi/fpm/fpm/fpm_children.c).
looked_up<std::vector<pid_t>> pool_workers(proc const& processes, pid_t master, std::string_view pool);

}  // namespace cachetool::fpm
