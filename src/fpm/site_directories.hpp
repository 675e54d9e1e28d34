#pragma once

#include <string>
#include <vector>

#include "fpm/master.hpp"

namespace cachetool::fpm {

/// The directories that a pool's configuration names for its code: chdir, doc_root, open_basedir. Absolute, without a
/// slash at the end.
std::vector<std::string> directories_of(pool const& of);

/// Those of them that may be a site's: not the root directory, and none for temporary files, devices or what belongs to
/// the system. None twice.
std::vector<std::string> site_directories(pool const& of);

}  // namespace cachetool::fpm
