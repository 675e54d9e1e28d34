#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.hpp"
#include "fpm/proc.hpp"

namespace cachetool::fpm {

/// Files as a process with this root directory sees them. They are somebody else's, so only regular files are opened,
/// never a FIFO or a device, and no link leads out (openat2(2), RESOLVE_IN_ROOT; without it, before Linux 5.6, only the
/// caller's own root can be read).
class root_directory {
 public:
  /// `path` is "/", "/proc/<pid>/root", or a directory that stands for one. Failures on this side count for `whole`
  /// (proc::failure()), which must outlive this object.
  explicit root_directory(std::string path = "/", proc const* whole = nullptr);

  /// The contents of a file, by its absolute path in there. Nothing if there is none, if it is not regular, if the
  /// caller may not read it, or if it is larger than `limit` bytes.
  [[nodiscard]] std::optional<std::string> read(std::string const& name, std::size_t limit) const;

  /// The files that a glob(7) pattern matches, in order; at most `limit`. `names_left` says how many names may be
  /// looked at, and afterwards how many are left: a pattern such as /*/*/*/* would walk through everything.
  [[nodiscard]] std::vector<std::string> matches(std::string const& pattern, std::size_t limit,
                                                 std::size_t& names_left) const;
  [[nodiscard]] std::vector<std::string> matches(std::string const& pattern, std::size_t limit) const;

  /// What this name leads to. Nothing, and errno, if it cannot be reached.
  [[nodiscard]] std::optional<struct stat> look_at(std::string const& name) const;

  /// The path with every link resolved. Nothing if unknown.
  [[nodiscard]] std::optional<std::string> resolve(std::string const& name) const;

  /// The path by which the caller reaches that file: "/proc/42/root/run/www.sock".
  [[nodiscard]] std::string outside(std::string const& name) const;

 private:
  [[nodiscard]] base::unique_fd open(std::string const& name, int flags) const;
  [[nodiscard]] base::unique_fd try_to_open(std::string const& name, int flags) const;
  struct search {
    std::size_t limit;
    std::size_t& names_left;
    std::vector<std::string> found;
  };
  void match(std::string const& base, std::string_view rest, search& so_far) const;
  void note(int code) const;

  std::string path_;
  proc const* whole_ = nullptr;
  base::unique_fd directory_;
};

}  // namespace cachetool::fpm
