#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fastcgi/unique_fd.hpp"

namespace cachetool::fpm {

/// The process table, proc(5). Every read is bounded, and what cannot be read is empty: a process may end at any time,
/// and most of another user's is hidden.
class proc {
 public:
  /// ROOT stands for /proc: tests give a small tree.
  explicit proc(std::string root = "/proc");

  [[nodiscard]] std::string const& root() const noexcept { return root_; }

  /// Every process that the caller may see, in no order.
  [[nodiscard]] std::vector<pid_t> pids() const;

  /// The beginning of a file, "42/cmdline".
  [[nodiscard]] std::string read(std::string const& name, std::size_t limit) const;

  /// Where a link leads, "42/exe".
  [[nodiscard]] std::string link(std::string const& name) const;

  /// The file that a link leads to, "42/exe".
  [[nodiscard]] std::optional<struct stat> target(std::string const& name) const;

  /// The names in a directory, "42/fd"; the first 100,000.
  [[nodiscard]] std::vector<std::string> names(std::string const& directory) const;

  /// Calls EACH with the lines of a file, without their ends, until it returns false. A line longer than 4 KiB comes in
  /// parts.
  void lines(std::string const& name, std::function<bool(std::string_view)> const& each) const;

 private:
  std::string root_;
  fastcgi::unique_fd directory_;
};

}  // namespace cachetool::fpm
