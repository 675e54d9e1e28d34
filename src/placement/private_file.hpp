#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.hpp"
#include "placement/worker_root.hpp"

namespace cachetool::placement {

/// A directory in which private files are made.
struct base_directory {
  worker_root const& root;
  std::string path;    ///< absolute, as a process with that root names it
  bool named = false;  ///< by the caller: it is made if it does not exist (0711), and removed again

  /// If given, only a directory in which this user could make files is used: where a user decides what there is to
  /// see, root must not be led to a place of its own.
  std::optional<uid_t> open_to{};

  /// If given, php-fpm alone names it, whose workers are these users: it must not be one where the system reads what
  /// lies there, whatever links lead to it, nor one that these users may not enter.
  std::optional<std::vector<uid_t>> told_by{};
};

/// A PHP file in a directory of its own, "BASE/cachetool-<uid>-<random>/<random>.php", that nobody but its owner can
/// write and whose name nobody can guess. Both are removed by the destructor. Left-overs of runs that were killed are
/// removed first.
class private_file {
 public:
  /// Writes CONTENT. MODE is the file's: 0400 or 0444. Throws error (placement).
  private_file(base_directory const& base, std::string_view content, mode_t mode);
  private_file(private_file&& other) noexcept;
  private_file& operator=(private_file&&) = delete;
  ~private_file();

  /// As a process with the base's root names it.
  [[nodiscard]] std::string const& path() const noexcept { return path_; }

 private:
  void open_base(base_directory const& base);
  void check_told(base_directory const& base, struct stat const& info) const;
  void open_or_make_base(base_directory const& base);
  bool make_base(base_directory const& base);
  void make_directory(base_directory const& base);
  bool try_directory(std::string const& name);
  void write(std::string_view content, mode_t mode);
  void remove() noexcept;

  base::unique_fd parent_;  // of the base, if this made it
  std::string made_base_;   // its name there
  base::unique_fd base_;
  base::unique_fd directory_;  // locked for as long as the file is in use
  std::string directory_name_;
  std::string file_name_;
  std::string path_;
};

/// Removes the directories in BASE that earlier runs of this user left: ours by name and owner, no link, used by
/// nobody.
void sweep_private_files(int base) noexcept;

}  // namespace cachetool::placement
