#pragma once

#include <functional>
#include <string>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"
#include "caches/ask.hpp"

/// What OPcache's operations share.
namespace cachetool::opcache {

using caches::ask;
using caches::from;

status to_status(agent::answer const& answer);

/// With opcache.file_cache_only=1; WHAT cannot be done then.
error file_cache_only_error(std::string const& what);

/// Why OPcache does nothing now: a restart is pending, or it is off in this pool.
error inactive_error(bool restart_pending);

/// Runs CALL, and again while OVERTAKEN says of its result that a restart of OPcache kept it from all it was to do:
/// somebody else's, which the next request mostly brings about. Throws error (pending) after a second or somewhat more.
agent::answer run_past_a_restart(adapter::adapter& php, agent::call const& call,
                                 std::function<bool(php::value const&)> const& overtaken);

/// Throws one of these if PHP did not list the cached scripts in this answer.
void require_listing(agent::answer const& answer);

}  // namespace cachetool::opcache
