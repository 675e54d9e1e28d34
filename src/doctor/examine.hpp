#pragma once

#include "adapter/adapter.hpp"
#include "doctor/facts.hpp"

namespace cachetool::doctor {

/// Has PHP tell what the checks look at, in one request that changes nothing. STRICT: error (restricted) where
/// opcache.restrict_api forbids the state of OPcache, so that PHP tries another place for the agent; else the facts say
/// so. Throws error.
facts examine(adapter::adapter& php, bool strict);

}  // namespace cachetool::doctor
