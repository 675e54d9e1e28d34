#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "base/file_info.hpp"
#include "base/unique_fd.hpp"
#include "fpm/looked_up.hpp"
#include "fpm/master.hpp"

namespace cachetool::fpm {

using base::file_identity;

/// Identifies what the path leads to.
looked_up<file_identity> identity_of(int directory, char const* path) noexcept;

/// True if both are known, and the same. What could not be looked at equals nothing.
[[nodiscard]] inline bool are_same(looked_up<file_identity> const& one, looked_up<file_identity> const& other) {
  return one && other && *one == *other;
}

/// A process, held by its directory in /proc. Everything that is read through it is about that process, never about a
/// later one with the same pid.
class held_process {
 public:
  explicit held_process(pid_t pid);

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  // Absent if the process has ended; unknown if the caller may not look or the look failed.
  [[nodiscard]] looked_up<file_identity> root() const noexcept { return look_at("root"); }
  [[nodiscard]] looked_up<file_identity> mounts() const noexcept { return look_at("ns/mnt"); }
  [[nodiscard]] looked_up<file_identity> users() const noexcept { return look_at("ns/user"); }
  /// True if its user namespace is the caller's, or one that root made: in another one its maker may mount anything.
  [[nodiscard]] looked_up<bool> is_in_users_of_root() const noexcept;

  [[nodiscard]] looked_up<std::string> root_path() const;
  [[nodiscard]] looked_up<std::string> title() const;  ///< the command line up to its first NUL, 255 bytes at most
  [[nodiscard]] base::unique_fd open_root() const noexcept;

  struct credentials {
    pid_t parent = 0;
    uid_t user = 0;   ///< effective
    gid_t group = 0;  ///< effective
  };
  [[nodiscard]] looked_up<credentials> identity() const;

  /// True if one of its descriptors is the socket with this inode.
  [[nodiscard]] looked_up<bool> has_socket(ino_t inode) const;

 private:
  [[nodiscard]] looked_up<file_identity> look_at(char const* name) const noexcept;
  [[nodiscard]] looked_up<std::string> read(char const* name, std::size_t most) const;
  [[nodiscard]] not_told why() const noexcept;

  pid_t pid_;
  int opening_ = 0;  // errno, if it could not be held
  base::unique_fd directory_;
};

}  // namespace cachetool::fpm
