#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/file_info.hpp"

/// Remembers since when the files of a site's directories are those that OPcache has compiled. PHP itself cannot tell.
namespace cachetool::releases {

/// A directory. At the given moment every cached script of it was as its file, or it was compiled later.
struct verified {
  std::string path;            ///< the real path
  base::file_identity itself;  ///< of the directory, so that another one in its place is not mistaken for it
  std::int64_t since = 0;      ///< that moment, in nanoseconds of the file system's clock
};

/// What a record may hold.
struct record_limits {
  std::size_t bytes = std::size_t{64} * 1024;
  std::size_t entries = 16;
};

/// The entries that are kept in one file beside the site's link: ".current.cachetool". Whoever may write to that
/// directory decides what is served anyway. So its owner is believed about the site, and the file is used for nothing
/// else. It is always safe to lose entries: a file is then compiled once more.
class site_record {
 public:
  /// Reads what is kept for the link `name` in `directory`, a descriptor. The file counts as empty if it is not
  /// regular, is too large, or belongs to neither the caller, root nor the directory's owner; also if it was written in
  /// other surroundings, or if the clock was set back since. Entries of a moment that is yet to come are left out.
  static site_record read(int directory, std::string const& name, record_limits const& most = {},
                          std::string const& surroundings = {});

  /// The newest entry for that directory; null if there is none. Valid until the next set().
  [[nodiscard]] verified const* find(std::string const& path) const noexcept;

  /// All entries, the newest last.
  [[nodiscard]] std::vector<verified> const& entries() const noexcept { return entries_; }

  /// Replaces the entry for that directory.
  void set(verified entry);

  /// Writes the file in one step, with the newest entries of directories that still exist. If it cannot be written, the
  /// next deployment compiles more than it needs to.
  void write(int directory, std::string const& name, record_limits const& most = {},
             std::string const& surroundings = {}) const;

 private:
  std::vector<verified> entries_;  // the newest last
};

/// Returns a function that says whether a path below the verified directory is certainly as it was then: neither the
/// file nor a directory on the way to it was changed or renamed since. Looks at this machine's file system, or at what
/// lies in the directory `root`, where that is the root directory of another process.
std::function<bool(std::string const& path)> unchanged_since(verified const& entry, std::string const& root = {});

/// The directory as it is now, verified at `since`. The path is empty if the directory cannot be looked at. `root` as
/// above.
verified verified_at(std::string const& path, std::int64_t since, std::string const& root = {});

}  // namespace cachetool::releases
