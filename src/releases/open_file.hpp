#pragma once

#include <string>

#include "base/unique_fd.hpp"

namespace cachetool::releases {

/// The regular file at PATH, an absolute one to which no link leads, open for reading; nothing if it is none, or cannot
/// be opened at once. No device is opened, and nobody's lease is waited for: a pool may have named it.
base::unique_fd open_file(std::string const& path);

}  // namespace cachetool::releases
