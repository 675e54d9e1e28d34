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
  bool ages_hidden = false;  ///< the master is known, but PHP could not be asked how long its requests have run
};

/// Returns the requests that a restart of OPcache has to wait for, as far as they are known. Root sees which workers of
/// the master use the cache; for others the requests that run in this pool count. PHP tells each request's script and
/// age, but only for this pool. PHP must have answered before. Throws only error (interrupted).
blockers find_blockers(adapter::adapter& php);

/// False while a worker of the master has just been started; then find_blockers() does not ask PHP.
bool may_ask_for_ages(adapter::adapter const& php);

/// Removes from `running` the requests that have ended. Asks PHP nothing; if nothing can be seen, all stay.
void keep_running(adapter::adapter& php, std::vector<blocker>& running);

/// Returns how many requests use the cache now: those of the whole master for root, of this pool for others. Nothing if
/// unknown. PHP must have answered before.
std::optional<std::int64_t> running_requests(adapter::adapter const& php);

/// The users that the workers of this master run as; empty if unknown.
std::vector<std::int64_t> users_of(adapter::adapter const& php);

}  // namespace cachetool::opcache
