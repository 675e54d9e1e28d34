#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>

#include "fastcgi/unique_fd.hpp"
#include "fpm/master.hpp"

namespace cachetool::fpm {

/// What a path leads to, whatever it is called.
struct file_identity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(file_identity const&) const = default;
};
std::optional<file_identity> identity_of(int directory, char const* path) noexcept;

/// A process, held by its directory in /proc: what is read through it is about that process and never about a later
/// one with the same number, for which it gives nothing.
class held_process {
 public:
  explicit held_process(pid_t pid);

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  // Nothing, or an empty text, where the process has ended or the caller may not look.
  [[nodiscard]] std::optional<file_identity> root() const noexcept { return identity_of(directory_.get(), "root"); }
  [[nodiscard]] std::optional<file_identity> mounts() const noexcept { return identity_of(directory_.get(), "ns/mnt"); }
  [[nodiscard]] std::optional<file_identity> users() const noexcept { return identity_of(directory_.get(), "ns/user"); }
  /// True if its user namespace is the caller's, or one that root made: nobody else may mount in it what he likes.
  [[nodiscard]] bool is_in_users_of_root() const noexcept;

  [[nodiscard]] std::string root_path() const;
  [[nodiscard]] std::string title() const;  ///< the command line up to its first NUL, 255 bytes at most
  [[nodiscard]] fastcgi::unique_fd open_root() const noexcept;

  struct credentials {
    pid_t parent = 0;
    uid_t user = 0;   ///< effective
    gid_t group = 0;  ///< effective
  };
  [[nodiscard]] std::optional<credentials> identity() const;

  /// True if one of its descriptors is the socket with this inode.
  [[nodiscard]] bool has_socket(ino_t inode) const;

 private:
  [[nodiscard]] std::string read(char const* name, std::size_t most) const;

  pid_t pid_;
  fastcgi::unique_fd directory_;
};

}  // namespace cachetool::fpm
