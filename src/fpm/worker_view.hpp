#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include <cachetool/fastcgi/endpoint.hpp>

#include "base/unique_fd.hpp"
#include "fpm/master.hpp"

namespace cachetool::fpm {

/// How the workers behind an endpoint see the file system.
struct worker_view {
  enum class kind : std::uint8_t {
    unknown,    ///< the caller may not look: another user, no such process, another pid namespace
    same,       ///< a path means the same file to them as to the caller
    elsewhere,  ///< they have a root directory or a mount namespace of their own
    foreign  ///< the same, in a user namespace that an ordinary user made, who decides at any time where a path leads
  };
  kind what = kind::unknown;

  // What follows is known of workers that are elsewhere; of those that are foreign only who was looked at.
  process looked_at;      ///< a worker behind the endpoint; their master where there is none: an ondemand pool
  uid_t master_user = 0;  ///< the user that the master runs as, who decides what there is to see
  std::string root_path;  ///< "/srv/jail" for workers in a chroot, as their mount namespace names it; else "/"

  /// Their root directory (O_PATH). It stays the directory that was looked at, also when that process has ended.
  base::unique_fd root;
};

/// Looks at the workers of a php-fpm master that listen on WHERE. Never throws. Root may look at everybody, others at
/// processes of their own. Source: proc(5), /proc/PID/root and /proc/PID/ns.
worker_view view_of(pid_t master, fastcgi::endpoint const& where);

}  // namespace cachetool::fpm
