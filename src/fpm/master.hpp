#pragma once

/// What is known of the php-fpm that run on this machine: plain data, made by find_masters().

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>

namespace cachetool::fpm {

/// A process, with its effective user and group. Source: proc(5), /proc/PID/status.
struct process {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// A line of php-fpm's configuration, so that a message can name it.
struct directive {
  std::string value;
  std::string file;  ///< "/etc/php/8.2/fpm/pool.d/www.conf"
  int line = 0;
};

/// Whether this process can talk to a pool.
enum class access : std::uint8_t {
  unknown,    ///< nothing tells where it listens
  reachable,  ///< somebody accepted a connection
  forbidden,  ///< the caller may not connect
  stale,      ///< a socket file that nobody listens on
  absent,     ///< no such socket, or nothing listens on that port
  saturated   ///< its backlog is full
};

struct pool {
  std::string name;

  /// Where this process reaches it. That of a pool in another mount namespace leads through /proc/PID/root.
  std::optional<fastcgi::endpoint> endpoint;
  access reach = access::unknown;

  /// Where it listens in a network namespace that is not the caller's: a container's. Then ENDPOINT is empty.
  std::optional<fastcgi::endpoint> inside;
  pid_t inside_of = 0;  ///< a process in there

  std::vector<process> workers;  ///< those that are alive; none where the process table does not tell

  /// The lines of its section, by their names as they stand there ("listen", "chroot", "pm.max_children",
  /// "php_admin_value[open_basedir]"), includes and variables resolved. Empty where the caller may not read them.
  std::map<std::string, directive> config;
};

/// One php-fpm: the pools of a master share one OPcache and one APCu.
struct master {
  process self;            ///< pid 0 where it cannot be told: only its socket or its configuration was found
  std::string version;     ///< "8.2.36", or as much of it as its names tell; may be empty
  std::string executable;  ///< empty where the caller may not see it
  std::string config;      ///< the file it was started with, as it sees it

  /// The lines of the configuration's section [global], as in pool::config.
  std::map<std::string, directive> global;

  bool elsewhere = false;  ///< it has another root directory or mount namespace than the caller
  bool contained = false;  ///< it runs in a container: another pid namespace, or mounts and a root directory of its own
  bool may_be_contained = false;  ///< so it is, or nothing tells that it is not
  std::vector<pool> pools;
};

/// True for one that a command may mean where none is named: this system's own, and root's or CALLER's. What a third
/// user started may lie, stall or refuse; what runs in a container is somebody else's system.
inline bool is_own(master const& one, uid_t caller) noexcept {
  return !one.contained && !one.may_be_contained && (one.self.uid == 0 || one.self.uid == caller);
}

}  // namespace cachetool::fpm
