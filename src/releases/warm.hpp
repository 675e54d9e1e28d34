#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"
#include "caches/script_selection.hpp"
#include "releases/file_identity.hpp"
#include "releases/known_contents.hpp"

/// Compiling a release that is to go live.
namespace cachetool::releases {

struct warm_options {
  /// Compile what is cached of the release that runs, if there is any, and nothing else of FILES.
  bool like_running = true;

  /// The release that runs, by its real name; empty: none does. Without it, what running_release() says.
  std::optional<std::string> running;

  /// The files of the release, by their real names, as php-fpm sees them. Those outside of it are left out.
  std::vector<std::string> files;

  /// Further links that lead to the running release, or will: "/srv/site/current". Those beside the releases and beside
  /// their directory are found.
  std::vector<std::string> links;

  /// The directory RELEASE, and files in it of which is known that OPcache has them as they are, if it has them.
  struct known_files {
    file_identity directory;
    std::function<bool(std::string const& path)> unchanged;
    std::optional<known_contents> contents;  ///< of files that may have been written anew since, with the same bytes
    std::shared_ptr<file_hashes> hashes;     ///< never null where there are contents
  };
  std::optional<known_files> known;

  /// Bytes and keys that are to stay free for what comes afterwards.
  opcache::cache_space reserve;

  bool dry_run = false;  ///< only find out what would be compiled, and whether there is room for it
  opcache::pacing pace;
};

struct warmed_script {
  enum class outcome : std::uint8_t {
    compiled,    ///< the cache has it now
    ready,       ///< the cache had it already, as the file is
    left_out,    ///< a name of the running release may lead to it, so that compiling it would change what is served
    not_cached,  ///< it compiles, but PHP did not keep it
    no_room,     ///< the cache would have been full with it
    left,        ///< to its first visitor, for whom PHP compiles it otherwise (docs/warming.md)
    failed       ///< it does not compile
  };
  std::string path;
  outcome what = outcome::failed;
  std::string why;                    ///< of left_out, not_cached and failed
  std::vector<std::string> warnings;  ///< what PHP said
  bool in_use = false;                ///< the release that runs has it cached
};

struct warm_report {
  origin from;
  std::string release;                       ///< its real name, as php-fpm sees it
  std::string running;                       ///< that of the release that runs; empty if none is found
  std::vector<warmed_script> scripts;        ///< sorted by path
  std::size_t in_use = 0;                    ///< files that the release that runs has cached
  std::size_t missing = 0;                   ///< those of them that this release has not
  std::size_t generated = 0;                 ///< files that were compiled in the place of some of these
  std::size_t planned = 0;                   ///< files that would be compiled; in a dry run alone
  std::int64_t free = 0;                     ///< bytes of the cache, before
  std::vector<opcache::known_file> checked;  ///< files that are cached as they were then
  std::set<std::string> by_content;          ///< those of them of which only the bytes are known to be the same
  bool validates_timestamps = true;
};

/// The files of a warm release that have changed or gone since they were compiled.
std::vector<std::string> changed_since(adapter::adapter& php, warm_report const& report, warm_options const& options);

/// The release that runs beside RELEASE, as php-fpm sees it: that to which "current" leads, or else the only one to
/// which a link does. It may be RELEASE itself. Empty if there is none.
std::string running_release(adapter::adapter& php, std::string const& release);

/// Compiles scripts of RELEASE, an absolute path, file by file, and changes nothing of what is served. What of it was
/// cached before, and has changed since, is compiled anew. It stops before the cache is full. Throws error: not_found
/// if php-fpm sees no such directory, or there is nothing to compile; php_error if RELEASE runs and has changed;
/// memory_limit if the cache has no room for what is in use, then nothing was done; pending, opcache_off.
warm_report warm(adapter::adapter& php, std::string const& release, warm_options const& options,
                 opcache::progress const& tell = {});

}  // namespace cachetool::releases
