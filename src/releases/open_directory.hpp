#pragma once

#include <string>

#include "base/unique_fd.hpp"

namespace cachetool::releases {

/// Opens the directory at `path` for reading. It follows links on the way. A link that belongs to neither root nor the
/// caller may only lead to a directory of the link's own owner: else that owner could choose whose site root's
/// deployment switches. Throws error (usage) if the directory cannot be opened, or a link is not followed.
base::unique_fd open_directory(std::string const& path);

}  // namespace cachetool::releases
