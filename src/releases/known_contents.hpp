#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "caches/script_selection.hpp"
#include "releases/file_hashes.hpp"

/// Of which content OPcache has scripts, so that a file which was written anew with the same bytes is not compiled
/// anew.
namespace cachetool::releases {

/// A script as OPcache had it at some moment.
struct known_script {
  std::int64_t memory = 0;  ///< bytes
  hashed_file file;         ///< with the bytes that it was compiled from
};

/// Scripts of one directory, as one cache had them at some moment.
struct known_contents {
  std::string directory;      ///< its real path
  std::int64_t started = 0;   ///< which cache it was: when it began, and how often it was emptied by then
  std::int64_t restarts = 0;  //
  std::int64_t wasted = 0;    ///< bytes of scripts that it had given up by then
  std::map<std::string, known_script> scripts;  ///< by path

  /// True if OPcache has not compiled the script anew since then. PHP does not tell, but for this: only what was given
  /// up is compiled anew, and what is given up is wasted, until the whole cache is emptied. So a script that takes more
  /// than was wasted since is the same.
  [[nodiscard]] bool still_has(opcache::script_selection const& now, std::string const& path) const;

  /// True if the file has the bytes that the script was compiled from.
  [[nodiscard]] bool has_same_bytes(std::string const& path, file_hashes& hashes) const;
};

/// Looks at the files of the scripts at or below DIRECTORY that IS_AS_CACHED says to be as OPcache has them, before and
/// after they are read. Nothing where OPcache does not tell what is needed, or looks at timestamps: it then goes by
/// those alone.
std::optional<known_contents> look_at_contents(opcache::script_selection const& now, std::string const& directory,
                                               std::function<bool(std::string const& path)> const& is_as_cached,
                                               file_hashes& hashes);

/// What is kept of several directories beside the link NAME in DIRECTORY, a descriptor; see kept_text.hpp. The file is
/// ".current.cachetool-contents".
std::vector<known_contents> read_contents(int directory, std::string const& name);

/// False if it cannot be written: the next deployment then compiles more than it needs to.
bool keep_contents(int directory, std::string const& name, std::vector<known_contents> const& all);

}  // namespace cachetool::releases
