#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::opcache {

struct blockers {
  std::vector<blocker> running;
  bool ages_hidden = false;  ///< the master is known, but PHP could not be asked for how long its requests run
};

/// The requests that a restart of OPcache has to wait for, as far as that can be told: root sees which workers of the
/// master use the cache; else the requests that run in this pool are taken for that. Which script each runs, and for
/// how long, PHP tells of this pool alone. PHP must have answered before. Throws nothing but error (interrupted).
blockers find_blockers(adapter::adapter& php);

/// False while a worker of the master has just been started: then find_blockers() does not ask PHP.
bool may_ask_for_ages(adapter::adapter const& php);

/// Leaves of RUNNING those that still run, by a look that asks PHP nothing: where that cannot be told, all of them.
void keep_running(adapter::adapter& php, std::vector<blocker>& running);

/// How many requests use the cache now: of the whole master for root, of this pool for others. Nothing where that
/// cannot be told. PHP must have answered before.
std::optional<std::int64_t> running_requests(adapter::adapter const& php);

/// The users that the workers of this master run as; none where that cannot be told.
std::vector<std::int64_t> users_of(adapter::adapter const& php);

}  // namespace cachetool::opcache
