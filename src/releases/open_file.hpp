#pragma once

#include <string>

#include "base/unique_fd.hpp"

namespace cachetool::releases {

/// Opens the regular file at `path` for reading. The path is absolute, and no part of it may be a link. Returns nothing
/// if it is no such file, or cannot be opened at once. A pool may have named the path, so it opens no device and waits
/// for nobody's lease.
base::unique_fd open_file(std::string const& path);

}  // namespace cachetool::releases
