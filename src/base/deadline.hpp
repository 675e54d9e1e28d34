#pragma once

#include <algorithm>
#include <chrono>

namespace cachetool::base {

using clock = std::chrono::steady_clock;
using time_point = clock::time_point;

/// The moment when the timeout is over. More than a year counts as a year, so that "for ever" cannot overflow.
inline time_point after(std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 365);
  return clock::now() + std::clamp(timeout, std::chrono::milliseconds(0), longest);
}

inline bool passed(time_point when) {
  return clock::now() >= when;
}

}  // namespace cachetool::base
