#pragma once

#include <sys/types.h>

#include <string>

#include "fpm/root_directory.hpp"

namespace cachetool::fpm {

/// Names of users and groups, from /etc/passwd and /etc/group. Not from the C library: in a static program it wants the
/// very version that it was built with. Accounts of a directory service only get their number.
class accounts {
 public:
  explicit accounts(root_directory const& files = root_directory());

  /// "www-data"; "1234" if it has no name.
  [[nodiscard]] std::string user(uid_t id) const;
  [[nodiscard]] std::string group(gid_t id) const;

  /// "www-data (uid 33)"; "uid 1234" if it has no name. For a group "www-data (gid 33)".
  [[nodiscard]] std::string user_and_number(uid_t id) const;
  [[nodiscard]] std::string group_and_number(gid_t id) const;

 private:
  std::string users_;  // the files' texts
  std::string groups_;
};

}  // namespace cachetool::fpm
