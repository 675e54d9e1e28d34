#pragma once

/// The realpath cache, in which PHP keeps where a path's links lead. Each worker has one of its own, so a call that
/// empties it has to reach every worker of the pool.

#include <cstdint>
#include <vector>

#include <cachetool/origin.hpp>

namespace cachetool::realpath_cache {

/// What became of emptying the cache of each worker.
struct clear_report {
  origin from;               ///< the worker that answered first
  std::int64_t workers = 0;  ///< of the pool, without those that ended meanwhile; 0 where PHP does not tell
  std::int64_t cleared = 0;
  std::vector<std::int64_t> missing{};  ///< pids of the workers that were not reached
};

}  // namespace cachetool::realpath_cache
