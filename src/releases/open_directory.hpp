#pragma once

#include <string>

#include "base/unique_fd.hpp"

namespace cachetool::releases {

/// The directory at PATH, open for reading. Links on the way are followed; one that belongs to neither root nor the
/// caller only to a directory of its own owner's: else its owner would choose whose site a deployment of root's
/// switches. Throws error (usage) where it cannot be opened, or is not followed.
base::unique_fd open_directory(std::string const& path);

}  // namespace cachetool::releases
