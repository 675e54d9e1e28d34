#pragma once

#include <string>
#include <utility>

#include "base/unique_fd.hpp"

namespace cachetool::placement {

/// A root directory, ours or a worker's, below which files are put. Paths are those that a process with this root
/// directory uses.
class worker_root {
 public:
  /// Our own root directory.
  worker_root() = default;

  /// Another one: a chroot, or /proc/<pid>/root. `directory` is open; O_PATH is enough.
  explicit worker_root(base::unique_fd directory) : directory_(std::move(directory)) {}

  [[nodiscard]] bool is_own() const noexcept { return !directory_; }

  /// Opens a directory for reading. It lies below this root directory, whatever is renamed or linked meanwhile. Follows
  /// only links that root or the caller made. Throws error (placement) for a link in a directory that others can write
  /// to. Invalid, with errno, if there is no such directory or it may not be entered.
  [[nodiscard]] base::unique_fd open_directory(std::string const& path) const;

  /// True if this path leads to that very file from here, too.
  [[nodiscard]] bool shows(std::string const& path, int file) const;

 private:
  base::unique_fd directory_;  // invalid: our own
};

}  // namespace cachetool::placement
