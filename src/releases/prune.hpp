#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"
#include "releases/site.hpp"

/// Forgets scripts that nobody will ask for again.
namespace cachetool::releases {

struct prune_query {
  std::vector<std::string> keep;  ///< live releases, or links to them; absolute paths, as php-fpm sees them
  bool dry_run = false;           ///< only find out what would be forgotten
};

struct pruned_script {
  enum class outcome : std::uint8_t {
    forgotten,  ///< the cache no longer has it
    found,      ///< it would be forgotten; only in a dry run
    kept,       ///< its file is gone, but PHP (before 8.2) keeps the script
    preloaded,  ///< opcache.preload loaded it; it stays until php-fpm is reloaded
    failed
  };
  std::string path;
  outcome what = outcome::failed;
  std::string why;                    ///< only of `failed`
  std::vector<std::string> warnings;  ///< what PHP said
};

/// What has to be free so that a reset is not worth its cost.
struct headroom {
  std::int64_t memory = 0;  ///< bytes
  std::int64_t keys = 0;
};

struct prune_report {
  origin from;
  std::vector<std::string> kept;        ///< real paths of the releases that were named
  std::vector<releases::release> dead;  ///< releases beside them, each with what was cached of it
  std::vector<std::string> left_alone;  ///< releases beside them that a link leads to
  std::int64_t gone = 0;                ///< number of other scripts whose files are gone
  std::vector<pruned_script> scripts;   ///< sorted by path
  std::int64_t memory_of_scripts = 0;   ///< bytes of the scripts that are, or would be, forgotten
  opcache::memory_usage memory;         ///< afterwards
  std::int64_t free_keys = 0;           ///< afterwards
  headroom needed;                      ///< what the largest kept release would need a second time
  bool reset_pays = false;              ///< less than that is free, and a reset would give memory back
  bool restarted = false;               ///< PHP emptied the cache meanwhile
};

/// Invalidates the scripts of dead releases, and all scripts whose files are gone, some at a time. A release is dead if
/// it lies beside a kept one, is not kept itself, and no link beside them or above leads to it. Throws error: not_found
/// or usage if a path to keep cannot be a release, memory_limit if PHP would restart the full cache because of it,
/// pending, opcache_off (nothing was done then); php_error if a name below a link to a kept release still leads to a
/// dead one (then nothing was forgotten that is in use).
prune_report prune(adapter::adapter& php, prune_query const& query, opcache::progress const& tell = {});

}  // namespace cachetool::releases
