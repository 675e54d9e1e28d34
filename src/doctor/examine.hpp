#pragma once

#include "adapter/adapter.hpp"
#include "doctor/facts.hpp"

namespace cachetool::doctor {

/// Asks PHP for what the checks need, in one request that changes nothing. If opcache.restrict_api forbids the state of
/// OPcache, `strict` throws error (restricted), so that another place for the agent is tried; without it the facts say
/// so. Throws error.
facts examine(adapter::adapter& php, bool strict);

}  // namespace cachetool::doctor
