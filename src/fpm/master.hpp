#pragma once

/// The php-fpm that run on this machine, as far as they are known: plain data, made by find_masters().

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>

namespace cachetool::fpm {

/// A process, with its effective user and group. Source: proc(5), /proc/<pid>/status.
struct process {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// A line of php-fpm's configuration, so that messages can name it.
struct directive {
  std::string value;
  std::string file;  ///< "/etc/php/8.2/fpm/pool.d/www.conf"
  int line = 0;
};

/// Whether this process can talk to a pool.
enum class access : std::uint8_t {
  unknown,    ///< it is unknown where the pool listens
  reachable,  ///< somebody accepted a connection
  forbidden,  ///< the caller may not connect
  stale,      ///< a socket file that nobody listens on
  absent,     ///< no such socket, or nothing listens on that port
  saturated   ///< its backlog is full
};

struct pool {
  std::string name;

  /// Where this process reaches it. For a pool in another mount namespace the path leads through /proc/<pid>/root.
  std::optional<fastcgi::endpoint> endpoint;
  access reach = access::unknown;

  /// Where it listens in another network namespace than the caller's, that of a container. Then `endpoint` is empty.
  std::optional<fastcgi::endpoint> inside;
  pid_t inside_of = 0;  ///< a process in that namespace

  std::vector<process> workers;  ///< those that are alive; empty if the process table does not tell

  /// The lines of its section, by their names there ("listen", "chroot", "pm.max_children",
  /// "php_admin_value[open_basedir]"), with includes and variables resolved. Empty if the caller may not read them.
  std::map<std::string, directive> config;
};

/// One php-fpm. The pools of a master share one OPcache and one APCu.
struct master {
  process self;            ///< pid 0 if unknown: only its socket or its configuration was found
  std::string version;     ///< "8.2.36", or as much as its file names tell; may be empty
  std::string executable;  ///< empty if the caller may not see it
  std::string config;      ///< the file that it was started with, as it sees it

  /// The lines of the configuration's section [global], as in pool::config.
  std::map<std::string, directive> global;

  bool elsewhere = false;  ///< it has another root directory or mount namespace than the caller
  bool contained = false;  ///< it runs in a container: another pid namespace, or mounts and a root directory of its own
  bool may_be_contained = false;  ///< it does, or nothing tells that it does not
  std::vector<pool> pools;
};

/// True if a command may mean it when none is named: it is this system's own, and root's or the caller's. What a third
/// user started may lie, stall or refuse; what runs in a container is somebody else's system.
inline bool is_own(master const& one, uid_t caller) noexcept {
  return !one.contained && !one.may_be_contained && (one.self.uid == 0 || one.self.uid == caller);
}

}  // namespace cachetool::fpm
