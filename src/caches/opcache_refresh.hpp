#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"

/// Brings cached scripts up to date whose files were changed in place, without a reset.
namespace cachetool::opcache {

struct refresh_query {
  enum class scope : std::uint8_t {
    changed,  ///< cached scripts at or below the names whose files have changed or are gone, or may have
    all,      ///< every cached script at or below the names
    listed    ///< the names are files: these, cached or not; if not cached, only *.php
  };
  std::vector<std::string> names;  ///< absolute paths, as php-fpm sees them
  scope which = scope::changed;
  pacing pace;

  /// True if OPcache is known to have the file as it is. Empty: nothing is known. Only for scope::changed.
  std::function<bool(std::string const& path)> unchanged{};
};

struct refreshed_script {
  enum class outcome : std::uint8_t {
    refreshed,   ///< the cache has the file as it is now
    forgotten,   ///< the file is gone, and the script is, too
    kept,        ///< the file is gone, but PHP (before 8.2) keeps the script
    preloaded,   ///< opcache.preload loaded it; it stays as it is until php-fpm is reloaded
    not_cached,  ///< the old script is gone, and PHP did not keep the new one
    no_room,     ///< it was not cached, and would have filled the cache
    left,        ///< the old script is gone; the first visitor compiles the new one (docs/warming.md)
    failed       ///< the file does not compile, and the old script is gone; or this pool may not see the file
  };
  std::string path;
  outcome what = outcome::failed;
  std::string why;                    ///< only of not_cached, no_room and failed
  std::vector<std::string> warnings;  ///< what PHP said: "Deprecated: ... in /srv/a.php on line 3"
  bool hidden = false;                ///< failed because this pool may not see the file
};

struct refresh_report {
  origin from;
  std::vector<refreshed_script> scripts;  ///< sorted by path
  std::int64_t unchanged = 0;             ///< cached scripts that are up to date
  std::int64_t skipped = 0;               ///< listed files that needed nothing
  std::int64_t file_entries = 0;          ///< stale files of opcache.file_cache that were deleted; their scripts are
                                          ///< not in `scripts`
  std::string frozen;                     ///< as in reset_report
  memory_usage memory;                    ///< afterwards
  bool restarted = false;                 ///< PHP emptied the cache meanwhile
  bool keeps_times = true;                ///< if false, the next refresh cannot know what this one did
};

/// Invalidates and compiles the scripts file by file, so that all but one of them are cached at any time. Files that
/// are changed while it runs are done once more. Throws error: memory_limit if the cache has no room for it, and then
/// nothing was done; not_found if some name is neither a file nor has cached scripts; pending; opcache_off.
refresh_report refresh(adapter::adapter& php, refresh_query const& query, progress const& tell = {});

}  // namespace cachetool::opcache
