#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "releases/file_identity.hpp"

/// Since when the files of a site's directories are those that OPcache has compiled: what PHP itself cannot tell.
namespace cachetool::releases {

/// A directory of which, at some moment, every cached script was known to be as its file, or was compiled later.
struct verified {
  std::string path;        ///< its real one
  file_identity itself;    ///< of the directory, so that another one in its place is not taken for it
  std::int64_t since = 0;  ///< that moment, in nanoseconds of the clock that the file system's times are by
};

/// What is kept of them, one file in the directory of the site's link: ".current.cachetool". Whoever may write that
/// directory decides what is served anyway, so its owner is believed in what concerns the site, and nothing else is
/// done with it. Fewer entries than there were are always right: a file is compiled once more.
class site_record {
 public:
  /// Reads what is kept for the link NAME in DIRECTORY, a descriptor. A file that is no regular one, is too large, or
  /// belongs to neither the caller, root nor the directory's owner counts as empty.
  static site_record read(int directory, std::string const& name);

  /// The newest of what is known of that directory; null for nothing.
  [[nodiscard]] verified const* find(std::string const& path) const noexcept;

  /// All that is known, the newest last.
  [[nodiscard]] std::vector<verified> const& entries() const noexcept { return entries_; }

  /// Replaces what is known of that directory.
  void set(verified entry);

  /// Keeps it, in one step, with entries of directories that are still there, sixteen at most. False if it cannot be
  /// written: the next deployment then compiles more than it needs to.
  bool write(int directory, std::string const& name) const;

 private:
  std::vector<verified> entries_;  // the newest last
};

/// Tells of paths below a verified directory whether they are certain to be as they were then: neither the file nor a
/// directory on the way to it was changed or has come to its name since. Looks at this machine's file system.
std::function<bool(std::string const& path)> unchanged_since(verified const& entry);

/// The directory as it is now, verified at SINCE; nothing known (a path that is empty) if it cannot be looked at.
verified verified_at(std::string const& path, std::int64_t since);

}  // namespace cachetool::releases
