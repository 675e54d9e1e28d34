#pragma once

#include <sys/stat.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace cachetool::releases {

/// Files that OPcache does not keep, for as long as this lives: their modification times are ahead of the clock, and
/// PHP compiles a file that is younger than opcache.file_update_protection for one request alone. The destructor gives
/// them their times back; if it never runs, PHP keeps them again when that time has come.
class young_files {
 public:
  /// Those of PATHS that may be changed are young for AHEAD. They lie below one of DIRECTORIES, and are regular files
  /// to which no link leads: a pool says which, and this may be root.
  young_files(std::vector<std::string> const& paths, std::vector<std::string> const& directories,
              std::chrono::seconds ahead);
  young_files(young_files const&) = delete;
  young_files& operator=(young_files const&) = delete;
  ~young_files();

 private:
  std::vector<std::pair<std::string, struct stat>> before_;
};

/// Both are there, no links, and belong to the same user.
bool have_one_owner(std::string const& one, std::string const& other);

}  // namespace cachetool::releases
