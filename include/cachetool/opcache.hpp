#pragma once

/// What there is to know about OPcache, and what can be asked of it: the types of pool's opcache_...() calls.
///
/// OPcache belongs to a php-fpm master: all its pools share one cache. Every figure is as PHP gave it at the moment of
/// the answer; nothing here is computed from two answers. What a PHP version does not tell is absent (std::nullopt) or,
/// for texts, empty. Source of names and meanings: php-src ext/opcache/zend_accelerator_module.c.
///
/// All of this is plain data. It owns its memory (but for script::path), outlives the pool, and you may hand it to
/// another thread.
///
///     cachetool::opcache::script_query const query{.exclude = "/vendor/",
///                                                  .sort = cachetool::opcache::script_query::order::by_memory,
///                                                  .limit = 10};
///     auto const status = www.opcache_scripts(query, [](cachetool::opcache::script const& each) {
///       std::cout << each.memory << ' ' << each.path << '\n';
///     });
///     if (status.memory) std::cout << status.memory->free << " bytes are free\n";

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

/// The shared memory of the scripts. Used, free and wasted together are opcache.memory_consumption.
struct memory_usage {
  std::int64_t used = 0;         ///< bytes
  std::int64_t free = 0;         ///< bytes
  std::int64_t wasted = 0;       ///< bytes that only a restart gives back
  double wasted_percentage = 0;  ///< per cent of all of them
};

/// The strings that all scripts share (opcache.interned_strings_buffer).
struct interned_strings {
  std::int64_t buffer_size = 0;  ///< bytes
  std::int64_t used = 0;         ///< bytes
  std::int64_t free = 0;         ///< bytes
  std::int64_t count = 0;
};

/// What PHP counts. A restart of the cache sets hits and misses to 0 and adds 1 to one of the three restart counters;
/// a reload of php-fpm sets all of them to 0, with a new start_time.
struct statistics {
  std::int64_t scripts = 0;
  std::int64_t keys = 0;        ///< names that lead to scripts: a script that is also reached by a link has several
  std::int64_t max_keys = 0;    ///< from opcache.max_accelerated_files, which PHP rounds up
  std::int64_t start_time = 0;  ///< Unix time at which php-fpm made the cache

  /// Unix time; 0 for never. PHP adds a second where two restarts would have the same time, so it may lie ahead.
  std::int64_t last_restart_time = 0;
  std::int64_t oom_restarts = 0;      ///< because the memory was full, and enough of it wasted
  std::int64_t hash_restarts = 0;     ///< because no key was free, and enough memory wasted
  std::int64_t manual_restarts = 0;   ///< because of opcache_reset()
  std::int64_t hits = 0;              ///< times that a script was found in the cache
  std::int64_t misses = 0;            ///< times that it was not
  std::int64_t blacklist_misses = 0;  ///< times that opcache.blacklist_filename kept it out
  double blacklist_miss_ratio = 0;    ///< per cent
  double hit_rate = 0;                ///< per cent
};

/// What opcache_get_status() tells. What PHP left out is absent here: with file_cache_only there is nothing but the
/// file cache.
struct status {
  origin from;

  /// False where this pool has OPcache off or keeps files only, and in every pool while a restart is pending.
  bool enabled = false;
  bool cache_full = false;           ///< nothing more is cached until a restart
  bool restart_pending = false;      ///< a reset was accepted, and waits for requests that use the cache
  bool restart_in_progress = false;  ///< so short that you hardly ever see it
  std::string file_cache;            ///< directory of the second-level cache; empty for none
  bool file_cache_only = false;      ///< opcache.file_cache_only=1: no script is in memory
  std::optional<memory_usage> memory;
  std::optional<interned_strings> strings;
  std::optional<statistics> counts;

  /// The whole answer as PHP gave it, for what has no member here: raw["jit"]["enabled"].as_bool().
  php::value raw;
};

/// What opcache_get_configuration() tells.
struct configuration {
  origin from;
  std::string product;  ///< "Zend OPcache"
  std::string version;  ///< "8.2.36"

  /// An array, "opcache.enable" => true. Values have types and units of PHP's own: opcache.memory_consumption is an
  /// integer in bytes here, though php.ini has megabytes.
  php::value directives;
  php::value blacklist;  ///< an array of paths
};

/// One cached script. Its `path` lives for the call that it is passed to: copy it if you keep it.
struct script {
  std::int64_t hits = 0;                  ///< times that it was used from the cache
  std::int64_t memory = 0;                ///< bytes
  std::int64_t last_used = 0;             ///< Unix time
  std::optional<std::int64_t> timestamp;  ///< of the file when it was cached; only with validate_timestamps
  std::string_view path;
};

/// Which cached scripts to pass on, and in which order. The default: all, as PHP lists them. php-fpm does the choosing
/// and the sorting, so what is left out is not sent.
struct script_query {
  /// by_path sorts upwards, every other one has the largest first. From PHP 8 on, scripts that are equal in that are
  /// sorted by path.
  enum class order : std::uint8_t { as_cached, by_path, by_hits, by_memory, by_last_use };
  std::string exclude;  ///< a regular expression (PCRE, without delimiters) of paths to leave out; empty for none
  order sort = order::as_cached;
  std::optional<std::int64_t> limit;  ///< the first so many alone; not negative
};

/// A file to be compiled.
struct script_file {
  std::string path;  ///< as php-fpm sees it
  std::string name;  ///< what compile_options::exclude is tried on: a path relative to where it was found
};

/// How files are compiled.
struct compile_options {
  /// Regular expressions (PCRE, with delimiters: "~/tests/~") of names to leave out. Such a file is not compiled, and
  /// has no row in the report. Here they have delimiters, in script_query they have none.
  std::vector<std::string> exclude;

  /// For one answer, a hundred files at most. When it is over, the call throws error (timeout).
  std::chrono::milliseconds timeout{120000};
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
  std::string path;  ///< as script_file::path has it
  outcome what = outcome::failed;
  std::string why;                    ///< of not_cached, no_room and failed
  std::vector<std::string> warnings;  ///< what PHP said: "Deprecated: ... in /srv/a.php on line 3"
};

/// What became of a compilation.
struct compile_report {
  origin from;

  /// In the order of the files, without those that compile_options::exclude left out.
  std::vector<compiled_script> scripts;
};

/// Which scripts to invalidate: by `pattern`, or by `directory`.
struct invalidate_query {
  /// A regular expression (PCRE, without delimiters) found anywhere in the path.
  std::string pattern;

  /// Absolute, as php-fpm sees it; if not empty, what is below it, instead of what matches `pattern`. Where it is a
  /// link, what is below the place that it leads to now counts, too.
  std::string directory;
  bool force = false;    ///< also those whose files have not changed
  bool dry_run = false;  ///< only name them
};

/// What became of one script that was to be invalidated.
struct invalidated_script {
  std::string path;
  bool invalidated = false;  ///< what opcache_invalidate() returned; false in a dry run
  bool valid = false;        ///< PHP still uses the entry: its file has not changed
};

/// What became of an invalidation.
struct invalidate_report {
  origin from;
  std::vector<invalidated_script> scripts;  ///< sorted by path

  /// How many of them opcache.preload loaded. These stay as they are until a reload of php-fpm.
  std::int64_t preloaded = 0;
  std::string frozen;  ///< as in reset_report
};

/// A request that a restart of the cache has to wait for. What is not known is absent: the process table of this
/// machine has the worker, and php-fpm's own status the script and the age, if it may be asked.
struct blocker {
  std::int64_t pid = 0;                ///< of its worker
  std::string pool;                    ///< empty where the worker does not tell
  std::optional<std::int64_t> user{};  ///< the worker's user id
  std::string script;                  ///< empty where that is not known
  std::optional<std::chrono::milliseconds> age;
};

/// When a reset is to be left, and what is to be told of it meanwhile. A condition is looked at before anything is
/// changed, with requests of its own. While a restart is pending already, the reset joins it and looks at no condition,
/// `careful` and `safe` included.
struct reset_options {
  /// How long to look whether it took place. It bounds the wait, not the reset: what is scheduled stays scheduled.
  std::chrono::milliseconds patience{1000};

  /// Only if at least so many per cent of the memory are wasted.
  std::optional<std::int64_t> if_wasted{};

  /// Only if nobody uses the cache for so long. The call waits that time before it resets.
  std::optional<std::chrono::milliseconds> if_idle{};
  bool careful = false;  ///< look first for requests that may suffer, and tell of them in reset_report::risks
  bool safe = false;     ///< careful, and error (refused) if there are any

  /// While it waits: whom for, whenever that changes. Called at most once a second and once at the end, in the thread
  /// of the call. It must not use the pool.
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

  /// From the first request of the reset to its confirmation, or to the end of patience. 0 if it was skipped or
  /// unconfirmed.
  std::chrono::duration<double, std::milli> took{};
  std::string skipped;                  ///< why nothing was done
  std::optional<std::int64_t> running;  ///< if it is scheduled: other requests at work in the pool, or waiting for it
  std::vector<blocker> blocked_by;      ///< if it is scheduled: what is known to keep it waiting

  /// What it may do to requests that were running, in sentences. For options.careful, else empty. PHP ends a worker
  /// that keeps the restart waiting for longer than `kill_after` (php-src ext/opcache/ZendAccelerator.c,
  /// kill_all_lockers()).
  std::vector<std::string> risks;
  std::chrono::seconds kill_after{0};  ///< opcache.force_restart_timeout; 0 for never, or where PHP does not tell
  std::string file_cache;  ///< directory of the second-level cache, which a reset does not empty; empty for none
  bool validates_timestamps = true;  ///< false: what is in that directory is used even when its source has changed

  /// That directory, if PHP loads old code from it and may replace nothing there (opcache.file_cache_read_only, from
  /// PHP 8.5 on); else empty.
  std::string frozen;
  std::int64_t preloaded = 0;  ///< scripts that opcache.preload loaded, which stay as they are until a reload
};

}  // namespace cachetool::opcache
