#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "caches/script_selection.hpp"
#include "releases/file_hashes.hpp"

/// Remembers which contents OPcache's scripts were compiled from. So a file that was written again with the same bytes
/// is not compiled again.
namespace cachetool::releases {

/// A script as OPcache had it at some moment.
struct known_script {
  std::int64_t memory = 0;  ///< bytes
  hashed_file file;         ///< and the bytes that the script was compiled from
};

/// Scripts of one directory, as one cache had them at some moment.
struct known_contents {
  std::string directory;      ///< its real path
  std::int64_t started = 0;   ///< which cache it was: when it began, and how often it had been emptied
  std::int64_t restarts = 0;  //
  std::int64_t wasted = 0;    ///< bytes of scripts that it had given up by then
  std::map<std::string, known_script> scripts;  ///< by path

  /// True if OPcache has not compiled the script anew since then. PHP does not say so, but it follows: OPcache compiles
  /// only what it has given up, and counts that as wasted until the whole cache is emptied. So a script that is larger
  /// than what was wasted since is still the same.
  [[nodiscard]] bool still_has(opcache::script_selection const& now, std::string const& path) const;

  /// True if the file has the bytes that the script was compiled from.
  [[nodiscard]] bool has_same_bytes(std::string const& path, file_hashes& hashes) const;
};

/// Looks at the files of those scripts in `directory` for which `is_as_cached` is true, before and after it reads them.
/// Nothing if OPcache does not tell what is needed, or if it looks at timestamps: then only those count.
std::optional<known_contents> look_at_contents(opcache::script_selection const& now, std::string const& directory,
                                               std::function<bool(std::string const& path)> const& is_as_cached,
                                               file_hashes& hashes);

/// Returns what is kept of several directories beside the link `name` in `directory`, a descriptor; see kept_text.hpp.
/// The file is ".current.cachetool-contents".
std::vector<known_contents> read_contents(int directory, std::string const& name);

/// Keeps them there. If that cannot be done, the next deployment compiles more than it needs to.
void keep_contents(int directory, std::string const& name, std::vector<known_contents> const& all);

}  // namespace cachetool::releases
