#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"

/// Scripts of a site outside of its releases: compiled templates and the like, in directories that the releases share.
namespace cachetool::releases {

struct outside_query {
  std::vector<std::string> directories;  ///< real paths of the site's directories
  std::vector<std::string> without;      ///< directories in them that hold releases; their contents are left alone
  std::vector<std::string> but;          ///< directories in `without` that hold no release
  std::function<bool(std::string const& path)> unchanged;  ///< true if OPcache is known to have the file as it is
  opcache::pacing pace;

  /// Adds a directory beside the releases that is no release. The site's record says nothing of it: at that time it may
  /// have been taken for a release.
  void take_too(std::string const& directory);
  std::vector<std::string> also;
};

struct outside_report {
  std::int64_t refreshed = 0;
  std::int64_t forgotten = 0;       ///< scripts whose files are gone
  std::vector<std::string> failed;  ///< "path: why"
};

/// The directories of a site. `current` is its link, `live` is where that leads, a directory beside other releases.
outside_query outside_of(std::string const& current, std::string const& live);

/// Compiles cached scripts again whose files have changed, or may have, and forgets those whose files are gone. Throws
/// error: memory_limit if the cache has no room for that, and then nothing was done; pending; opcache_off.
outside_report refresh_outside(adapter::adapter& php, outside_query const& query);

}  // namespace cachetool::releases
