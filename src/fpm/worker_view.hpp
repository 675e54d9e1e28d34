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
    foreign     ///< the same, in a user namespace of an ordinary user, who can decide at any time where a path leads
  };
  kind what = kind::unknown;

  // The rest is known if they are elsewhere; if they are foreign, only looked_at is.
  process looked_at;      ///< a worker behind the endpoint; the master if there is none (an ondemand pool)
  uid_t master_user = 0;  ///< the master's user, who decides what there is to see
  std::string root_path;  ///< "/srv/jail" for workers in a chroot, as their mount namespace names it; else "/"

  /// Their root directory (O_PATH). It stays that directory even if the process has ended.
  base::unique_fd root;
};

/// Looks at the workers of a php-fpm master that listen on `where`. Never throws. Root may look at every process,
/// others at their own. Source: proc(5), /proc/<pid>/root and /proc/<pid>/ns.
worker_view view_of(pid_t master, fastcgi::endpoint const& where);

}  // namespace cachetool::fpm
