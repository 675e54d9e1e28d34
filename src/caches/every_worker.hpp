#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/origin.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::caches {

/// What became of a call that every worker of a pool was to run.
struct sweep {
  origin from;  ///< the worker that answered first; its pid is 0 if none did

  /// Of each worker that answered, its first answer. A worker that was born meanwhile may be among them.
  std::vector<agent::answer> answers;

  std::vector<std::int64_t> missing;  ///< pids of the workers that did not answer in time
  bool workers_known = false;         ///< false: nobody tells which workers there are, and one was reached
  std::optional<error> failure;       ///< why it was given up

  [[nodiscard]] bool complete() const noexcept { return !failure && missing.empty(); }
};

/// Has each worker that is alive now run WHAT, in all of POOLS at the same time, and returns after PATIENCE at the
/// latest, with one sweep for each pool. WHAT must be idempotent: under load a worker may run it more than once. Each
/// of POOLS leads to one pool; those of one master count as different.
///
/// Which workers there are says the process table, or else PHP (7.3 and above). One that ends meanwhile, and one that
/// is born meanwhile, has nothing left to run it for. An idle pool is held for a moment, so that each worker is reached
/// exactly once; as soon as anybody else wants a worker they are let go, and a few plain requests at a time find the
/// rest. There are never more connections than workers, which would make a pool grow. Throws error (interrupted).
std::vector<sweep> run_in_every_worker(std::span<adapter::adapter* const> pools, agent::call const& what,
                                       std::chrono::milliseconds patience);

}  // namespace cachetool::caches
