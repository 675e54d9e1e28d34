#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/file_info.hpp"
#include "base/unique_fd.hpp"
#include "releases/site_record.hpp"

/// When everything that a php-fpm had cached was last as its files. PHP does not know when it compiled what visitors
/// brought: without this, each look would have to compile again what had changed before the last one.
namespace cachetool::releases {

/// Root keeps that in a directory of its own, a file for each php-fpm. Nothing in there was written by anybody else,
/// and nobody else's directory is written to. It is always safe to lose it: files are then compiled once more.
class last_look {
 public:
  /// `master` is a php-fpm's master, which the process table shows. Reads what is kept of it in the directory
  /// "cachetool-graceful" in `kept_in`. Knows nothing, and keeps nothing, if that is not root's alone, or if the master
  /// is not root's: its user decides what is seen there. Knows nothing either if something was mounted or unmounted
  /// since, or if the clock was set back.
  explicit last_look(pid_t master, std::string const& kept_in = "/run");

  /// True if the pool has the master's root directory, which it names as "device:inode". In another one a path is
  /// another path, and nothing in here is about that.
  [[nodiscard]] bool is_root(std::string const& place) const;

  /// True if OPcache certainly has the file as it is, or has not cached it. Looks at the master's file system.
  [[nodiscard]] bool has_unchanged(std::string const& path) const;

  /// True if there is such a file.
  [[nodiscard]] bool sees(std::string const& path) const;

  /// Which directory is at that path now; equal to no other one if there is none.
  [[nodiscard]] base::file_identity itself(std::string const& path) const;

  /// Notes which directories are at these paths, and at those that were noted before; to be called once, before
  /// anything in them is compared. Whatever happens around a directory, it is known to be the same the next time.
  void note(std::vector<std::string> const& directories);

  /// Keeps that all cached scripts were as their files when this object was made, or were compiled later.
  void write() const;

 private:
  void note(std::string const& directory);

  std::string name_;      // of the record: which process, of which process table
  std::string root_;      // the master's root directory, as this process reaches it
  std::int64_t began_;    // nanoseconds, by the clock that local file systems use
  std::string mounts_;    // that the master sees, as a hash; empty if nobody tells
  base::unique_fd kept_;  // the directory; invalid if it must not be used
  site_record record_;
  std::map<std::string, std::function<bool(std::string const& path)>> known_;  // by directory
};

}  // namespace cachetool::releases
