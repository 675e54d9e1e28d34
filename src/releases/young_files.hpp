#pragma once

#include <sys/stat.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace cachetool::releases {

/// Files that OPcache does not keep, as long as this object lives. Their modification times are ahead of the clock, and
/// PHP compiles a file that is younger than opcache.file_update_protection for one request only. The destructor
/// restores the times. If it never runs, PHP keeps the files again once that time has come.
class young_files {
 public:
  /// Makes those of `paths` young for `ahead` that may be changed. They must lie below one of `directories`, and be
  /// regular files that no link leads to: a pool names them, and this process may be root.
  young_files(std::vector<std::string> const& paths, std::vector<std::string> const& directories,
              std::chrono::seconds ahead);
  young_files(young_files const&) = delete;
  young_files& operator=(young_files const&) = delete;
  ~young_files();

 private:
  std::vector<std::pair<std::string, struct stat>> before_;
};

/// True if both exist, are no links, and belong to the same user.
bool have_one_owner(std::string const& one, std::string const& other);

}  // namespace cachetool::releases
