#pragma once

#include <string>

#include "base/unique_fd.hpp"

/// The small files in which checks remember what they saw.
namespace cachetool::monitor {

/// A directory of the caller's own, locked while this object lives: of several checks at the same time each sees what
/// the one before it wrote.
class state_directory {
 public:
  /// Opens `path`, and makes it (mode 0700) if it is not there; its parent must be there. Waits two seconds at most for
  /// the lock. Throws error (refused) if it cannot, if the directory is not the caller's, or if others may write there.
  explicit state_directory(std::string const& path);

  /// The text of a file there; empty if there is none, if it is not the caller's own or others may write it, or if it
  /// is larger than a megabyte.
  [[nodiscard]] std::string read(std::string const& name) const;

  /// Replaces it in one step. Throws error (refused).
  void write(std::string const& name, std::string const& text) const;

 private:
  std::string path_;
  base::unique_fd directory_;
};

}  // namespace cachetool::monitor
