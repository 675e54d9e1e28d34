#pragma once

#include <chrono>
#include <span>

#include "adapter/adapter.hpp"

namespace cachetool::releases {

/// Has the workers of each pool look at what is cached before the new release's first requests come: mapping 14 MB of
/// cache into a process costs milliseconds. Works on one pool after the other, with pauses. Ends with a pool when each
/// worker that was alive at the start has looked, when one does not answer, or after `patience`, which each pool has
/// for itself; nothing depends on it. Throws error (interrupted).
void acquaint_workers(std::span<adapter::adapter* const> pools, std::chrono::milliseconds patience);

}  // namespace cachetool::releases
