#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/unique_fd.hpp"

namespace cachetool::cli {

/// A file that a command writes in one step: whoever reads it sees the old text or the new one.
class replaced_file {
 public:
  /// Opens its directory. Throws error (refused), with `hint`, if there is none, or if anything but a file is in the
  /// way that must not be replaced: a directory, a device, and a link, unless `replaces_links`.
  replaced_file(std::string const& path, bool replaces_links, std::string hint);

  /// Throws error (refused) if it cannot be written. Nothing is left then, and what was there stays.
  void write(std::string_view text, mode_t mode) const;

 private:
  [[noreturn]] void fail(std::string const& why) const;
  void check_what_is_there(bool replaces_links) const;

  std::filesystem::path path_;
  std::string name_;
  std::string hint_;
  base::unique_fd directory_;
};

}  // namespace cachetool::cli
