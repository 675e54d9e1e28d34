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

/// The error for opcache.file_cache_only=1; `what` says what cannot be done.
error file_cache_only_error(std::string const& what);

/// Says why OPcache does nothing now: a restart is pending, or it is off in this pool.
error inactive_error(bool restart_pending);

/// Runs a call. Repeats it while `overtaken` says of its result that somebody else's restart of OPcache kept it from
/// doing anything; usually the next request performs that restart. Throws error (pending) after a second or somewhat
/// more.
agent::answer run_past_a_restart(adapter::adapter& php, agent::call const& call,
                                 std::function<bool(php::value const&)> const& overtaken);

/// Throws one of these errors if PHP did not list the cached scripts in this answer.
void require_listing(agent::answer const& answer);

}  // namespace cachetool::opcache
