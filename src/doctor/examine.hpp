#pragma once

#include "adapter/adapter.hpp"
#include "advice/facts.hpp"

namespace cachetool::doctor {

using advice::facts;

/// What to ask for, beside the state of the caches and the settings.
struct examination {
  bool functions = false;  ///< which functions that commands need are missing
  bool lines = false;      ///< where PHP's ini files set the settings
  bool strict = true;      ///< throw error (restricted) if opcache.restrict_api forbids the state of OPcache, so that
                           ///< another place for the agent is tried; else the facts say so
};

/// Asks PHP for what the checks need, in one request that changes nothing. Throws error.
facts examine(adapter::adapter& php, examination const& what);

}  // namespace cachetool::doctor
