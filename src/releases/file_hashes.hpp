#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <string>

namespace cachetool::releases {

/// A file's bytes, and what it looked like when they were read. While it looks so they are the same: whoever writes to
/// a file changes its ctime, which nobody can set.
struct hashed_file {
  std::string sha256;  ///< 64 hex digits; empty if it could not be read
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed = 0;  ///< its ctime, in nanoseconds

  [[nodiscard]] bool looks_like(struct stat const& info) const noexcept;
};

/// The SHA-256 of files, each read once for as long as it looks the same. Looks at this machine's file system.
class file_hashes {
 public:
  /// What was found out before, by another of these.
  void know(std::string const& path, hashed_file file);

  /// That of the file at PATH; without a hash if it is no regular file to which no link leads, is larger than 8 MiB, or
  /// cannot be read.
  hashed_file of(std::string const& path);

 private:
  std::map<std::string, hashed_file> known_;
};

}  // namespace cachetool::releases
