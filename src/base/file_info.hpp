#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <ctime>

/// What stat() tells of a file, in a form that can be compared and kept.
namespace cachetool::base {

/// Identifies a file or a directory, whatever its name.
struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool operator==(file_identity const&) const = default;
};

inline file_identity identity_of(struct stat const& info) noexcept {
  return {info.st_dev, info.st_ino};
}

/// A file system may tell any time; what does not fit counts as the nearest that does.
inline std::int64_t nanoseconds(timespec const& time) noexcept {
  constexpr std::int64_t second = 1'000'000'000;
  std::int64_t out = 0;
  bool const is_too_much =
      __builtin_mul_overflow(std::int64_t{time.tv_sec}, second, &out) ||
      __builtin_add_overflow(out, std::int64_t{time.tv_nsec}, &out);
  if (!is_too_much) return out;
  return time.tv_sec < 0 ? INT64_MIN : INT64_MAX;
}

}  // namespace cachetool::base
