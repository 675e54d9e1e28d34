#pragma once

#include <cstdint>
#include <ctime>

namespace cachetool::releases {

/// A time of the file system as one number.
inline std::int64_t nanoseconds(timespec const& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace cachetool::releases
