#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <string>

namespace cachetool::releases {

/// The hash of a file's bytes, and how the file looked when they were read. While it looks the same, the bytes are the
/// same: a write changes the ctime, and nobody can set that.
struct hashed_file {
  std::string sha256;  ///< 64 hex digits; empty if it could not be read
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed = 0;  ///< its ctime, in nanoseconds

  [[nodiscard]] bool looks_like(struct stat const& info) const noexcept;
};

/// The SHA-256 of files. Reads each once, and again only if it looks different. Works on this machine's file system.
class file_hashes {
 public:
  /// Takes over what another object has found out before.
  void know(std::string const& path, hashed_file file);

  /// Returns the hash of the file at `path`; an empty one if it is not a regular file, a link leads to it, it is larger
  /// than 8 MiB, or it cannot be read.
  hashed_file of(std::string const& path);

 private:
  std::map<std::string, hashed_file> known_;
};

}  // namespace cachetool::releases
