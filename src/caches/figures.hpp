#pragma once

#include <algorithm>
#include <cstdint>

#include "agent/agent.hpp"

/// Numbers that PHP answers with. It may answer anything, so each is bounded where it is read. Then no sum of them
/// overflows.
namespace cachetool::caches {

/// Far more than any cache counts, in bytes, uses or seconds: thousands of these can be added up.
constexpr std::int64_t most_counted = std::int64_t{1} << 50;

/// Bytes of one script. The largest list of scripts can be added up, and taken a hundred times.
constexpr std::int64_t most_of_a_script = std::int64_t{1} << 36;

/// A number of bytes, uses, seconds: from 0 to most_counted. 0 for what is no integer.
inline std::int64_t count_in(php::value const& v) noexcept {
  return std::clamp<std::int64_t>(v.as_int(), 0, most_counted);
}

/// From 0 to 100. 0 for what is no number.
inline double percentage_in(php::value const& v) noexcept {
  double const number = v.as_double();
  return number >= 0 ? std::min(number, 100.0) : 0;
}

/// The memory of one script, from a row.
inline std::int64_t script_memory(std::int64_t number) noexcept {
  return std::clamp<std::int64_t>(number, 0, most_of_a_script);
}

}  // namespace cachetool::caches
