#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"

/// Cached scripts below some directories, and which of them are out of date.
namespace cachetool::opcache {

struct selected_script {
  std::string path;
  std::int64_t memory = 0;     ///< bytes
  std::int64_t timestamp = 0;  ///< of the file when it was cached; 0 if PHP does not know
  std::int64_t cached_at = 0;  ///< Unix time: it was cached then or later; 0 if unknown
  bool valid = false;          ///< it was not invalidated
};

struct script_selection {
  origin from;
  std::vector<std::string> names;    ///< real paths of what was asked for, as php-fpm sees them
  std::vector<std::string> missing;  ///< those of them that php-fpm does not see
  std::int64_t now = 0;              ///< php-fpm's Unix time
  std::string frozen;                ///< as in reset_report
  bool validates_timestamps = true;
  bool keeps_times = true;  ///< a script that is compiled on request keeps its file's time, whatever the pool's own
                            ///< scripts do
  std::int64_t max_wasted_percentage = 0;
  status state;                          ///< without raw
  std::vector<selected_script> scripts;  ///< sorted by path
  std::vector<std::string> preloaded;    ///< scripts at or below them that opcache.preload loaded, sorted
};

/// Returns the cached scripts at or below `names`, which are absolute and need not exist any more. Throws error
/// (pending, opcache_off) if no scripts are listed.
script_selection select(adapter::adapter& php, std::vector<std::string> const& names);

/// The script with that path; null if there is none. Points into `in`.
selected_script const* find(script_selection const& in, std::string const& path) noexcept;

/// True if opcache.preload loaded it.
bool is_preloaded(script_selection const& in, std::string const& path);

/// True for phar:///app/x.phar/in.php, which OPcache knows by that name only.
bool is_in_phar(std::string_view path) noexcept;

/// True if `path` is `directory` or lies in it. A file in a phar lies where the phar does.
bool at_or_below(std::string_view path, std::string_view directory) noexcept;

/// A file as it was at some time.
struct known_file {
  std::string path;
  std::int64_t cached_at = 0;
  std::int64_t timestamp = 0;
  std::string look;  ///< how it looked, as in a compile_row; empty if unknown
};

enum class file_state : std::uint8_t { unchanged, changed, gone, hidden };  ///< hidden: this pool may not see it

/// Returns what has happened to each file since then. If that is not certain, the file counts as changed.
std::vector<file_state> examine(adapter::adapter& php, std::vector<known_file> const& files, bool validates_timestamps);

/// True if PHP emptied the cache between the two.
bool restarted(status const& before, status const& after) noexcept;

/// Bytes that scripts of this size may take when they are compiled again from changed files.
std::int64_t anew(std::int64_t bytes) noexcept;

/// What scripts take in the cache.
struct cache_space {
  std::int64_t bytes = 0;
  std::int64_t keys = 0;
};

/// Throws error (memory_limit) if the cache does not have room for that much more.
void require_room(script_selection const& in, std::int64_t bytes, std::int64_t keys, std::string const& what);

}  // namespace cachetool::opcache
