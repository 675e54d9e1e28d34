#pragma once

#include <string>
#include <utility>

#include "base/unique_fd.hpp"

namespace cachetool::placement {

/// A root directory, ours or that of a worker, below which files are put. Paths are those that a process with this root
/// uses.
class worker_root {
 public:
  /// Our own.
  worker_root() = default;

  /// That of others: a chroot, or /proc/PID/root. DIRECTORY is open, O_PATH is enough.
  explicit worker_root(base::unique_fd directory) : directory_(std::move(directory)) {}

  [[nodiscard]] bool is_own() const noexcept { return !directory_; }

  /// Opens a directory for reading. Whatever is renamed and linked meanwhile, it lies below this root, and every link
  /// on the way to it was made by root or the caller: one in a directory that others can write is error
  /// (placement). Invalid, with errno, if there is no such directory or it may not be entered.
  [[nodiscard]] base::unique_fd open_directory(std::string const& path) const;

  /// True if PATH is this very FILE here, too.
  [[nodiscard]] bool shows(std::string const& path, int file) const;

 private:
  base::unique_fd directory_;  // invalid: ours
};

}  // namespace cachetool::placement
