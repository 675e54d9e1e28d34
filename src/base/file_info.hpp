#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

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

/// What the path leads to; nothing if that cannot be looked at.
inline std::optional<struct stat> look_at(std::string const& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? std::optional(info) : std::nullopt;
}

/// The permissions as ls and chmod write them: "0660".
inline std::string octal(mode_t mode) {
  std::string text;
  for (int shift = 9; shift >= 0; shift -= 3) text += static_cast<char>('0' + ((mode >> shift) & 7));
  return text;
}

/// A file system may tell any time; what does not fit counts as the nearest that does.
inline std::int64_t nanoseconds(timespec const& time) noexcept {
  constexpr std::int64_t second = 1'000'000'000;
  std::int64_t out = 0;
  bool const is_too_much = __builtin_mul_overflow(std::int64_t{time.tv_sec}, second, &out) ||
                           __builtin_add_overflow(out, std::int64_t{time.tv_nsec}, &out);
  if (!is_too_much) return out;
  return time.tv_sec < 0 ? INT64_MIN : INT64_MAX;
}

}  // namespace cachetool::base
