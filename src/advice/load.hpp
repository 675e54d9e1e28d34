#pragma once

#include <cstdint>
#include <optional>

#include "advice/facts.hpp"

namespace cachetool::advice {

/// How many workers the pool may have: pm.max_children. Where the configuration is unknown, a static pool has just as
/// many. Nothing if that is unknown, too. Needs of.load.
std::optional<std::int64_t> most_workers(subject const& of);

}  // namespace cachetool::advice
