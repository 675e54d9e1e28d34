#pragma once

/// The realpath cache, in which PHP keeps where a path's links lead: what comes back from pool::realpath_cache_clear().
/// Each worker has a cache of its own, so the call has to reach every worker of the pool. Without it a worker follows a
/// link that you have switched to its old place, for up to realpath_cache_ttl seconds. OPcache remembers paths for
/// itself, and this does not touch them: opcache_reset() does, and the program's deploy:switch (docs/deploying.md).
///
///     auto const report = www.realpath_cache_clear(std::chrono::seconds{10});
///     bool const all = report.workers > 0 && report.missing.empty();

#include <cstdint>
#include <vector>

#include <cachetool/origin.hpp>

namespace cachetool::realpath_cache {

/// What became of emptying the cache of each worker. Plain data that owns its memory.
struct clear_report {
  origin from;  ///< the worker that answered first

  /// Workers of the pool, without those that ended meanwhile. 0 where nobody tells which there are (another machine
  /// with PHP before 7.3, or with fpm_get_status() disabled): then one worker was reached, and that is all you know.
  std::int64_t workers = 0;

  /// Workers that emptied their cache. Each counts once.
  std::int64_t cleared = 0;

  /// Process ids of the workers that were not reached in time: busy ones, mostly. Call again for them.
  std::vector<std::int64_t> missing{};
};

}  // namespace cachetool::realpath_cache
