#pragma once

#include <chrono>
#include <string>

#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::releases {

/// Resets OPcache because of `why`, and sees that take place. Throws error: timeout if it did not within `patience`,
/// and then `meanwhile` ("old code") may be served; and what a reset throws.
opcache::reset_report reset_because_of(std::string const& why, adapter::adapter& php,
                                       std::chrono::milliseconds patience, std::string const& meanwhile);

}  // namespace cachetool::releases
