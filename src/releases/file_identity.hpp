#pragma once

#include <cstdint>

namespace cachetool::releases {

/// Identifies a file or a directory, whatever its name.
struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool operator==(file_identity const&) const = default;
};

}  // namespace cachetool::releases
