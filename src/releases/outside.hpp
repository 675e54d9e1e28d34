#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"

/// What a site has beside its releases: compiled templates and the like, in directories that the releases share.
namespace cachetool::releases {

struct outside_query {
  std::vector<std::string> directories;  ///< real ones, of the site
  std::vector<std::string> without;      ///< directories in them that hold releases: what is in these is left alone
  std::vector<std::string> but;          ///< directories in those that hold none
  std::function<bool(std::string const& path)> unchanged;  ///< true if OPcache is known to have the file as it is
  opcache::pacing pace;

  /// A directory beside the releases that is none. What is remembered of the site says nothing of it: it may have been
  /// taken for one then.
  void take_too(std::string const& directory);
  std::vector<std::string> also;
};

struct outside_report {
  std::int64_t refreshed = 0;
  std::int64_t forgotten = 0;       ///< their files are gone
  std::vector<std::string> failed;  ///< "PATH: why"
};

/// The directories of the site whose link CURRENT leads to LIVE, a directory beside other releases.
outside_query outside_of(std::string const& current, std::string const& live);

/// Compiles the cached scripts there anew whose files have changed, or may have, and forgets those whose files are
/// gone. Throws error: memory_limit if the cache has no room for that, then nothing was done; pending.
outside_report refresh_outside(adapter::adapter& php, outside_query const& query);

}  // namespace cachetool::releases
