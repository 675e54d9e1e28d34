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

/// A directory for private files.
struct base_directory {
  worker_root const& root;
  std::string path;    ///< absolute, as a process with that root directory names it
  bool named = false;  ///< by the caller: made if it does not exist (0711), and removed again

  /// If set, the directory is used only if this user could make files in it: where a user decides what there is to see,
  /// root must not be led to a place of its own.
  std::optional<uid_t> open_to{};

  /// If set, only php-fpm named the directory, and its workers are these users. It must not be a directory whose
  /// contents the system reads, whatever links lead to it, and these users must be able to enter it.
  std::optional<std::vector<uid_t>> told_by{};
};

/// A PHP file in a directory of its own, "<base>/cachetool-<uid>-<random>/<random>.php". Only its owner can write it,
/// and nobody can guess its name. The destructor removes both. The constructor first removes what killed runs left.
class private_file {
 public:
  /// Writes the content. `mode` is the file's: 0400 or 0444. Throws error (placement).
  private_file(base_directory const& base, std::string_view content, mode_t mode);
  private_file(private_file&& other) noexcept;
  private_file& operator=(private_file&&) = delete;
  ~private_file();

  /// As a process with the base's root directory names it.
  [[nodiscard]] std::string const& path() const noexcept { return path_; }

 private:
  void open_base(base_directory const& base);
  void check_told(base_directory const& base, struct stat const& info) const;
  void open_or_make_base(base_directory const& base);
  bool make_base(base_directory const& base);
  void make_directory(base_directory const& base);
  bool try_directory(std::string const& where, std::string const& name);
  void write(std::string_view content, mode_t mode);
  void remove() noexcept;

  base::unique_fd parent_;  // of the base, if this object made it
  std::string made_base_;   // its name there
  base::unique_fd base_;
  base::unique_fd directory_;  // locked while the file is in use
  std::string directory_name_;
  std::string file_name_;
  std::string path_;
};

/// Removes directories that earlier runs of this user left in `base`: they have our name and owner, are no links, and
/// nobody uses them.
void sweep_private_files(int base) noexcept;

}  // namespace cachetool::placement
