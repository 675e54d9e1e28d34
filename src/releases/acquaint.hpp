#pragma once

#include <chrono>
#include <span>

#include "adapter/adapter.hpp"

namespace cachetool::releases {

/// Has the workers of POOLS, one after the other and with pauses, look at what is cached, so that they need not all do
/// so in their first request of a new release: mapping 14 MB of it into a process costs milliseconds. It ends when each
/// worker that was alive at the start has, or after PATIENCE: it makes nothing right or wrong. Throws error
/// (interrupted).
void acquaint_workers(std::span<adapter::adapter* const> pools, std::chrono::milliseconds patience);

}  // namespace cachetool::releases
