#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <cachetool/error.hpp>

#include "fpm/accounts.hpp"
#include "fpm/master.hpp"

namespace cachetool::fpm {

/// A process's user and groups, as far as permissions go.
struct process_identity {
  uid_t user = 0;
  std::vector<gid_t> groups;

  /// This process's, the effective ones.
  static process_identity own();
};

/// Why WHO may not connect to the socket of a pool at PATH: its owner, group and mode, or those of the directory that
/// may not be entered, against the caller's; and which user, group, or line of the pool's configuration helps.
error forbidden_socket(std::string const& path, pool const& of, process_identity const& who,
                       accounts const& names = accounts());

}  // namespace cachetool::fpm
