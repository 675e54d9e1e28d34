#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"
#include "releases/site.hpp"

/// Forgetting scripts that nobody will ask for again.
namespace cachetool::releases {

struct prune_query {
  std::vector<std::string> keep;  ///< live releases, or links that lead to them; absolute, as php-fpm sees them
  bool dry_run = false;           ///< only find out what would be forgotten
};

struct pruned_script {
  enum class outcome : std::uint8_t {
    forgotten,  ///< the cache has it no more
    found,      ///< it would be forgotten; in a dry run alone
    kept,       ///< its file is gone, and PHP (before 8.2) keeps the script all the same
    preloaded,  ///< opcache.preload loaded it: it stays until php-fpm is reloaded
    failed
  };
  std::string path;
  outcome what = outcome::failed;
  std::string why;                    ///< of failed
  std::vector<std::string> warnings;  ///< what PHP said
};

/// What has to be free, so that a reset is not worth what it costs.
struct headroom {
  std::int64_t memory = 0;  ///< bytes
  std::int64_t keys = 0;
};

struct prune_report {
  origin from;
  std::vector<std::string> kept;        ///< the releases that were named, by their real names
  std::vector<releases::release> dead;  ///< those beside them, with what was cached of each
  std::vector<std::string> left_alone;  ///< those beside them to which a link leads
  std::int64_t gone = 0;                ///< other scripts, whose files are gone
  std::vector<pruned_script> scripts;   ///< sorted by path
  std::int64_t memory_of_scripts = 0;   ///< bytes of those that are, or would be, forgotten
  opcache::memory_usage memory;         ///< afterwards
  std::int64_t free_keys = 0;           ///< afterwards
  headroom needed;                      ///< by the largest of the kept releases, once more
  bool reset_pays = false;              ///< less than that is free, and a reset would give memory back
  bool restarted = false;               ///< PHP emptied the cache meanwhile
};

/// Invalidates the scripts of dead releases, and all whose files are gone, some at a time. A release is dead if it lies
/// beside a kept one, is not kept itself, and no link beside them or above leads to it. Throws error, and then nothing
/// was done: not_found or usage if what is to be kept cannot be a release; memory_limit if PHP would restart the full
/// cache because of it; php_error if a name below a link to a kept release leads to a dead one yet; pending,
/// opcache_off.
prune_report prune(adapter::adapter& php, prune_query const& query, opcache::progress const& tell = {});

}  // namespace cachetool::releases
