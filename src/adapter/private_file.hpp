#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "fastcgi/unique_fd.hpp"

namespace cachetool::adapter {

/// A PHP file in a directory of its own, "BASE/cachetool-<uid>-<random>/<random>.php", that nobody but its owner can
/// write and whose name nobody can guess. Both are removed by the destructor. Left-overs of runs that were killed are
/// removed first.
class private_file {
 public:
  /// Writes CONTENT. MODE is the file's: 0400 or 0444. BASE must exist, or its parent: then it is made (0711) and
  /// removed again. Throws error (placement).
  private_file(std::string const& base, std::string_view content, mode_t mode);
  private_file(private_file&& other) noexcept;
  private_file& operator=(private_file&&) = delete;
  ~private_file();

  [[nodiscard]] std::string const& path() const noexcept { return path_; }

 private:
  void open_base(std::string const& base);
  void make_directory(std::string const& base);
  bool try_directory(std::string const& name);
  void write(std::string_view content, mode_t mode);
  void remove() noexcept;

  fastcgi::unique_fd base_;
  fastcgi::unique_fd directory_;  // locked for as long as the file is in use
  std::string made_base_;         // the base, if this made it
  std::string directory_name_;
  std::string file_name_;
  std::string path_;
};

/// Removes the directories in BASE that earlier runs of this user left: ours by name and owner, no link, used by
/// nobody.
void sweep_private_files(int base) noexcept;

}  // namespace cachetool::adapter
