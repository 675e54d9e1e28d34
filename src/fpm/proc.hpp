#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.hpp"
#include "fpm/looked_up.hpp"

namespace cachetool::fpm {

/// The process table, proc(5). Every read is bounded. A process may end at any time; then everything about it is
/// absent. Most of another user's processes is hidden; that is unknown, like everything that cannot be read for another
/// reason.
class proc {
 public:
  /// `root` stands for /proc; tests pass a small tree.
  explicit proc(std::string root = "/proc");
  proc(proc const&) = delete;
  proc& operator=(proc const&) = delete;

  /// Holds a process by its directory: everything that is read is about that process, never about a later one with its
  /// pid. A failed look counts for this object, too, which must outlive the result.
  [[nodiscard]] proc of(pid_t pid) const;

  [[nodiscard]] std::string const& root() const noexcept { return root_; }

  /// Every process that the caller may see, in any order.
  [[nodiscard]] looked_up<std::vector<pid_t>> pids() const;

  /// The beginning of a file, "42/cmdline". Takes memory for what there is, not for `limit`.
  [[nodiscard]] looked_up<std::string> read(std::string const& name, std::size_t limit) const;

  /// Where a link leads, "42/exe".
  [[nodiscard]] looked_up<std::string> link(std::string const& name) const;

  /// The file that a link leads to, "42/exe".
  [[nodiscard]] looked_up<struct stat> target(std::string const& name) const;

  /// The names in a directory, "42/fd"; the first 100,000.
  [[nodiscard]] looked_up<std::vector<std::string>> names(std::string const& directory) const;

  /// Calls `each` with the lines of a file, without their ends, until it returns false. A line longer than 4 KiB comes
  /// in parts. Returns why it did not get to the end; nothing if it did, or if `each` stopped it.
  std::optional<not_told> lines(std::string const& name, std::function<bool(std::string_view)> const& each) const;

  /// Why a look has failed on this side so far (not_told::is_failure()); then no result over all processes is complete.
  [[nodiscard]] std::optional<not_told> failure() const noexcept { return *failed_; }

  /// Notes that a look at something else failed with this errno. It only counts if is_failure().
  void note(int code) const noexcept;

 private:
  proc(std::string root, proc const& whole);

  [[nodiscard]] bool is_gone() const noexcept { return is_held_ && !directory_; }
  [[nodiscard]] int directory() const noexcept { return directory_ ? directory_.get() : AT_FDCWD; }
  [[nodiscard]] std::string path_of(std::string const& name) const { return directory_ ? name : root_ + "/" + name; }
  [[nodiscard]] int open(std::string const& name, int flags) const;
  [[nodiscard]] not_told why() const noexcept;

  std::string root_;
  mutable std::optional<not_told> own_failure_;
  std::optional<not_told>* failed_ = &own_failure_;
  bool is_held_ = false;       // everything is read through directory_, or is absent
  int opening_ = 0;            // errno, if that could not be opened
  base::unique_fd directory_;  // of the process that is held
};

}  // namespace cachetool::fpm
