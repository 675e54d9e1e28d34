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

/// A php-fpm master and its workers, from the process table.
struct master_process {
  process self;
  std::string executable;                               ///< empty if the caller may not see it
  std::string config;                                   ///< from its title; may be relative
  std::map<std::string, std::vector<process>> workers;  ///< by the names of the pools
};

/// Returns every php-fpm master that `caller` may see and believe.
///
/// Any user can give a process the title "php-fpm: master process (/any/file)", and start a setuid program under it. So
/// a title alone makes no master:
/// - If the executable is visible (root sees all), its name must contain "php" and "fpm", and it must not be setuid.
///   Besides, the process must be entirely root's or the caller's (real, effective, saved), or only root can have put
///   the executable there.
/// - If the executable is not visible, root believes nothing, and others believe processes that are entirely root's.
/// What a believed master says is still only as trustworthy as its user, because it runs that user's code.
///
/// A worker is a process with the title "php-fpm: pool <name>" whose parent is a believed master. During a reload a
/// master shows its command line for a moment; then that names its configuration. Masters for which time does not
/// suffice are left out. Source: php-src sapi/fpm/fpm/fpm_process_ctl.c, fpm_children.c, fpm_env.c.
std::vector<master_process> master_processes(proc const& processes, uid_t caller, search_time const& time);

/// The children that a process has now; those of a php-fpm master are all its workers. Absent if there is no such
/// process; unknown in another pid namespace and with hidepid. Source: proc(5), /proc/<pid>/task/<pid>/children.
looked_up<std::vector<pid_t>> children(proc const& processes, pid_t parent);

/// The effective user of a process.
looked_up<uid_t> user_of(proc const& processes, pid_t pid);

/// A worker, from the process table.
struct worker {
  process self;
  std::string pool;  ///< from its title; empty until it has one
};

/// The workers of a php-fpm master that are alive now. Unknown if one of them could not be looked at.
looked_up<std::vector<worker>> workers(proc const& processes, pid_t master);

/// True if each of a master's workers has been alive for a second, as far as the process table tells. Then
/// fpm_get_status() may be called: it crashes the worker that runs it while another one starts (php-src 18595, 19974).
/// False if unknown, and for a master without workers. Source: proc(5), /proc/<pid>/stat, starttime.
bool have_settled(proc const& processes, pid_t master);

/// The users that the children of a php-fpm master run as, each once; empty for an ondemand pool without workers.
/// Absent if there is no such process here, unknown if one of them could not be looked at. Source: proc(5),
/// /proc/<pid>/task/<tid>/children and /proc/<pid>/status.
looked_up<std::vector<uid_t>> child_users(pid_t master);

/// True if the process table shows a master's children, by the pids that they see themselves: they are in the same pid
/// namespace. Source: as above.
bool sees_children(pid_t master);

/// The workers of one pool of a php-fpm master that are alive now. Unknown if a process that may be one could not be
/// looked at. Source: the title "php-fpm: pool <name>" in /proc/<pid>/cmdline (php-src sapi/fpm/fpm/fpm_children.c).
looked_up<std::vector<pid_t>> pool_workers(proc const& processes, pid_t master, std::string_view pool);

}  // namespace cachetool::fpm
