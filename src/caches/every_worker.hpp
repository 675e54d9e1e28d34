#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/origin.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::caches {

/// The result of a call that every worker of a pool was to run.
struct sweep {
  origin from;  ///< the worker that answered first; its pid is 0 if none did

  /// The first answer of each worker that answered. A worker that was started meanwhile may be among them.
  std::vector<agent::answer> answers;

  std::vector<std::int64_t> missing;  ///< pids of the workers that did not answer in time
  bool workers_known = false;         ///< false: nobody can tell which workers there are, and one was reached
  std::optional<error> failure;       ///< why it was given up

  [[nodiscard]] bool complete() const noexcept { return !failure && missing.empty(); }
};

/// Says why it cannot be sure that every worker of the pool at `address` has run the call. Nothing if it is.
std::optional<std::string> why_incomplete(sweep const& swept, std::string const& address);

/// The pool's name; its address if nobody told the name.
std::string pool_name(sweep const& swept, std::string const& address);

/// Has every worker that is alive now run `what`, in all pools at the same time. Returns one sweep for each pool, after
/// `patience` at the latest. The call must be idempotent: under load a worker may run it more than once. Each adapter
/// leads to one pool; pools of one master count separately.
///
/// The process table tells which workers there are, or else PHP (7.3 and above). Workers that end or start meanwhile do
/// not count: they have nothing to run the call for. An idle pool is held for a moment, so that each worker is reached
/// exactly once. As soon as anybody else wants a worker they are let go, and a few plain requests at a time find the
/// rest. There are never more connections than workers, because more would make a pool grow. Throws error
/// (interrupted).
std::vector<sweep> run_in_every_worker(std::span<adapter::adapter* const> pools, agent::call const& what,
                                       std::chrono::milliseconds patience);

}  // namespace cachetool::caches
