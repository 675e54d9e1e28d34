#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <cachetool/error.hpp>

#include "fpm/accounts.hpp"
#include "fpm/master.hpp"

namespace cachetool::fpm {

/// A process's user and groups, as far as they matter for permissions.
struct process_identity {
  uid_t user = 0;
  std::vector<gid_t> groups;

  /// This process's effective user and groups.
  static process_identity own();
};

/// Says why `who` may not connect to a pool's socket: compares its owner, group and mode, or those of a directory that
/// may not be entered, with the caller's. Also says which user, group, or line of the pool's configuration helps.
error forbidden_socket(std::string const& path, pool const& of, process_identity const& who,
                       accounts const& names = accounts());

}  // namespace cachetool::fpm
