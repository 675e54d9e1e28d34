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
#include "base/file_info.hpp"
#include "caches/file_by_file.hpp"
#include "caches/script_selection.hpp"
#include "releases/known_contents.hpp"

/// Compiles a release that is to go live.
namespace cachetool::releases {

struct warm_options {
  /// Compile what the running release has cached, if there is any, and none of the other `files`.
  bool like_running = true;

  /// The real path of the running release; empty: none runs. Not set: it is found beside `release`. It is the target of
  /// the link "current", or else of the only link to a release, and may be `release` itself.
  std::optional<std::string> running;

  /// The release's files, as real paths that php-fpm sees. Files outside of the release are left out.
  std::vector<std::string> files;

  /// Further links that lead to the running release, or will: "/srv/site/current". Links beside the releases and beside
  /// their directory are found without this.
  std::vector<std::string> links;

  /// The release's directory, and its files that OPcache is known to have as they are, if it has them at all.
  struct known_files {
    base::file_identity directory;
    std::function<bool(std::string const& path)> unchanged;
    std::optional<known_contents> contents;  ///< of files that may have been written again since, with the same bytes
    std::shared_ptr<file_hashes> hashes;     ///< never null if there are contents
  };
  std::optional<known_files> known;

  /// Bytes and keys to leave free for what comes afterwards.
  opcache::cache_space reserve;

  bool dry_run = false;  ///< only find out what would be compiled, and whether there is room for it
  opcache::pacing pace;
};

struct warmed_script {
  enum class outcome : std::uint8_t {
    compiled,    ///< the cache has it now
    ready,       ///< the cache had it already, as the file is
    left_out,    ///< a name of the running release may lead to it, so compiling it would change what is served
    not_cached,  ///< it compiles, but PHP did not keep it
    no_room,     ///< it would have filled the cache
    left,        ///< left to its first visitor, for whom PHP compiles it differently (docs/warming.md)
    failed       ///< it does not compile
  };
  std::string path;
  outcome what = outcome::failed;
  std::string why;                    ///< only of left_out, not_cached and failed
  std::vector<std::string> warnings;  ///< what PHP said
  bool in_use = false;                ///< the running release has it cached
};

struct warm_report {
  origin from;
  std::string release;                       ///< its real path, as php-fpm sees it
  std::string running;                       ///< the running release's real path; empty if there is none
  std::vector<warmed_script> scripts;        ///< sorted by path
  std::size_t in_use = 0;                    ///< files that the running release has cached
  std::size_t missing = 0;                   ///< those of them that this release does not have
  std::size_t generated = 0;                 ///< files that were compiled in place of missing ones
  std::size_t planned = 0;                   ///< files that would be compiled; only in a dry run
  std::int64_t free = 0;                     ///< bytes of the cache, before
  std::vector<opcache::known_file> checked;  ///< files that were cached as they were at that time
  std::set<std::string> by_content;          ///< those of `checked` of which only the bytes are known to be the same
  bool validates_timestamps = true;
};

/// Returns the files of a warm release that have changed or gone since they were compiled.
std::vector<std::string> changed_since(adapter::adapter& php, warm_report const& report, warm_options const& options);

/// Compiles scripts of a release, file by file, without changing what is served. `release` is an absolute path.
/// Compiles cached scripts again if their files have changed. Stops before the cache is full. Throws error: not_found
/// if php-fpm sees no such directory, or there is nothing to compile; php_error if the release runs and has changed;
/// memory_limit if the cache has no room for what is in use, and then nothing was done; pending; opcache_off.
warm_report warm(adapter::adapter& php, std::string const& release, warm_options const& options,
                 opcache::progress const& tell = {});

}  // namespace cachetool::releases
