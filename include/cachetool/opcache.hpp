#pragma once

/// What there is to know about OPcache, and what can be asked of it: the types of pool's opcache_...() calls.
///
/// OPcache belongs to a php-fpm master: all its pools share one cache. Every figure is as PHP gave it at the moment of
/// the answer; nothing here is computed from two answers. What a PHP version does not tell is absent (std::nullopt) or,
/// for texts, empty. Source of names and meanings: php-src ext/opcache/zend_accelerator_module.c.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/origin.hpp>
#include <cachetool/php/value.hpp>

namespace cachetool::opcache {

struct memory_usage {
  std::int64_t used = 0;    ///< bytes
  std::int64_t free = 0;    ///< bytes
  std::int64_t wasted = 0;  ///< bytes that only a restart gives back
  double wasted_percentage = 0;
};

struct interned_strings {
  std::int64_t buffer_size = 0;  ///< bytes
  std::int64_t used = 0;         ///< bytes
  std::int64_t free = 0;         ///< bytes
  std::int64_t count = 0;
};

struct statistics {
  std::int64_t scripts = 0;
  std::int64_t keys = 0;
  std::int64_t max_keys = 0;
  std::int64_t start_time = 0;         ///< Unix time
  std::int64_t last_restart_time = 0;  ///< Unix time; 0 for never
  std::int64_t oom_restarts = 0;
  std::int64_t hash_restarts = 0;
  std::int64_t manual_restarts = 0;
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t blacklist_misses = 0;
  double blacklist_miss_ratio = 0;
  double hit_rate = 0;  ///< per cent
};

/// opcache_get_status(). What PHP left out is absent here.
struct status {
  origin from;
  bool enabled = false;
  bool cache_full = false;
  bool restart_pending = false;
  bool restart_in_progress = false;
  std::string file_cache;  ///< directory of the second-level cache; empty for none
  bool file_cache_only = false;
  std::optional<memory_usage> memory;
  std::optional<interned_strings> strings;
  std::optional<statistics> counts;
  php::value raw;  ///< as PHP gave it
};

/// opcache_get_configuration().
struct configuration {
  origin from;
  std::string product;    ///< "Zend OPcache"
  std::string version;    ///< "8.2.36"
  php::value directives;  ///< an array, "opcache.enable" => true
  php::value blacklist;   ///< an array of paths
};

/// One cached script. PATH lives for the call that it is passed to.
struct script {
  std::int64_t hits = 0;
  std::int64_t memory = 0;                ///< bytes
  std::int64_t last_used = 0;             ///< Unix time
  std::optional<std::int64_t> timestamp;  ///< of the file when it was cached; only with validate_timestamps
  std::string_view path;
};

/// Which cached scripts to pass on, and in which order.
struct script_query {
  enum class order : std::uint8_t { as_cached, by_path, by_hits, by_memory, by_last_use };  ///< the largest first
  std::string exclude;  ///< a regular expression (PCRE, without delimiters) of paths to leave out; empty for none
  order sort = order::as_cached;
  std::optional<std::int64_t> limit;  ///< the first so many alone
};

/// A file to be compiled.
struct script_file {
  std::string path;  ///< as php-fpm sees it
  std::string name;  ///< what compile_options::exclude is tried on: a path relative to where it was found
};

struct compile_options {
  /// Regular expressions (PCRE, with delimiters) of names to leave out.
  std::vector<std::string> exclude;
  std::chrono::milliseconds timeout{120000};  ///< for one answer, some hundred files at most
};

/// What became of one file that was to be compiled.
struct compiled_script {
  enum class outcome : std::uint8_t {
    cached,      ///< it is in the cache, or was already; where opcache.restrict_api hides the cache: PHP compiled it
    kept,        ///< it was in the cache already, may have changed since, and opcache.validate_timestamps=0 keeps it
    not_cached,  ///< it compiled, but PHP did not keep it
    no_room,     ///< not compiled, because the cache would have been full with it
    left,        ///< left to its first visitor, because PHP would compile it otherwise than for a visitor
    failed       ///< it did not compile
  };
  std::string path;
  outcome what = outcome::failed;
  std::string why;                    ///< of not_cached, no_room and failed
  std::vector<std::string> warnings;  ///< what PHP said: "Deprecated: ... in /srv/a.php on line 3"
};

struct compile_report {
  origin from;
  std::vector<compiled_script> scripts;  ///< in the order of the files
};

/// Which scripts to invalidate.
struct invalidate_query {
  std::string pattern;    ///< a regular expression (PCRE, without delimiters) found anywhere in the path
  std::string directory;  ///< absolute; if not empty, what is below it, instead of what matches PATTERN
  bool force = false;     ///< also those whose files have not changed
  bool dry_run = false;   ///< only name them
};

struct invalidated_script {
  std::string path;
  bool invalidated = false;  ///< what opcache_invalidate() returned
  bool valid = false;        ///< PHP still uses the entry: its file has not changed
};

struct invalidate_report {
  origin from;
  std::vector<invalidated_script> scripts;  ///< sorted by path
  std::int64_t preloaded = 0;  ///< those that opcache.preload loaded, which stay as they are until a reload
  std::string frozen;          ///< as in reset_report
};

/// A request that a restart of the cache has to wait for. What is not known is absent.
struct blocker {
  std::int64_t pid = 0;                ///< of its worker
  std::string pool;                    ///< empty where the worker does not tell
  std::optional<std::int64_t> user{};  ///< the worker's user id
  std::string script;                  ///< empty where that is not known
  std::optional<std::chrono::milliseconds> age;
};

/// When a reset is to be left, and what is to be told of it meanwhile.
struct reset_options {
  std::chrono::milliseconds patience{1000};            ///< to look whether it took place
  std::optional<std::int64_t> if_wasted{};             ///< only if so many per cent of the memory are wasted
  std::optional<std::chrono::milliseconds> if_idle{};  ///< only if nobody uses the cache for so long
  bool careful = false;  ///< look first for requests that may suffer, and tell of them in reset_report::risks
  bool safe = false;     ///< careful, and error (refused) if there are any

  /// While it waits: whom for, whenever that changes.
  std::function<void(std::vector<blocker> const&)> tell{};
};

/// What became of a reset.
struct reset_report {
  enum class outcome : std::uint8_t {
    confirmed,    ///< the restart took place: PHP's restart counters grew
    reloaded,     ///< php-fpm itself was started anew meanwhile: the cache is empty for that reason
    scheduled,    ///< PHP will restart the cache once the requests that use it have ended
    unconfirmed,  ///< PHP accepted it, but opcache_get_status() is disabled there: nothing tells whether it took place
    skipped       ///< a condition was not met: nothing was done
  };
  origin from;
  outcome what = outcome::scheduled;
  bool joined = false;  ///< somebody's restart was pending already, and this waited for it
  std::chrono::duration<double, std::milli> took{};
  std::string skipped;                  ///< why nothing was done
  std::optional<std::int64_t> running;  ///< other requests at work in the pool, or waiting for a worker
  std::vector<blocker> blocked_by;      ///< if it is scheduled: what is known to keep it waiting
  std::vector<std::string> risks;       ///< what it may do to requests that were running, in sentences
  std::chrono::seconds kill_after{0};  ///< opcache.force_restart_timeout: after it PHP ends who keeps a restart waiting
  std::string file_cache;  ///< directory of the second-level cache, which a reset does not empty; empty for none
  bool validates_timestamps = true;  ///< false: what is in that directory is used even when its source has changed
  std::string frozen;                ///< that directory, if PHP loads old code from it and may replace nothing there
  std::int64_t preloaded = 0;        ///< scripts that opcache.preload loaded, which stay as they are until a reload
};

}  // namespace cachetool::opcache
