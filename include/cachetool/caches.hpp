#pragma once

/// START HERE for a program: pool{endpoint}.opcache_reset().

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>
#include <cachetool/fastcgi/error.hpp>
#include <cachetool/php/value.hpp>

namespace cachetool {

/// What php-fpm answered with.
struct origin {
  std::string pool;         ///< empty where PHP does not tell
  std::string php_version;  ///< "8.2.36"
  std::int64_t pid = 0;     ///< of the worker
};

namespace opcache {

using cachetool::origin;

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
    left,        ///< left to its first visitor, because PHP would compile it otherwise than for a visitor
    failed       ///< it did not compile
  };
  std::string path;
  outcome what = outcome::failed;
  std::string why;                    ///< of not_cached and failed
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

/// What is in OPcache's second cache, and what became of it.
struct file_cache_report {
  struct left_file {
    std::string path;
    std::optional<std::int64_t> owner;  ///< a user id
    std::string why;                    ///< "Permission denied"
  };
  origin from;
  std::string directory;        ///< opcache.file_cache
  std::int64_t deleted = 0;     ///< files
  std::vector<left_file> left;  ///< what could not be deleted
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

}  // namespace opcache

namespace apcu {

/// apcu_cache_info(true).
struct info {
  origin from;
  std::int64_t slots = 0;
  std::int64_t ttl = 0;  ///< apc.ttl, seconds
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t inserts = 0;
  std::int64_t expunges = 0;
  std::int64_t entries = 0;
  std::int64_t memory = 0;                 ///< bytes
  std::optional<std::int64_t> start_time;  ///< Unix time, also where APCu counts from the start of the machine
  std::string memory_type;                 ///< "mmap"
  std::string locking_type;                ///< empty where APCu does not tell
};

/// apcu_sma_info(true).
struct memory {
  origin from;
  std::int64_t segments = 0;
  std::int64_t segment_size = 0;  ///< bytes
  std::int64_t available = 0;     ///< bytes
};

/// One key. NAME lives for the call that it is passed to. Times are Unix times; absent where APCu does not tell one.
struct key {
  std::int64_t hits = 0;
  std::int64_t memory = 0;               ///< bytes
  std::optional<std::int64_t> accessed;  ///< 0 for never
  std::optional<std::int64_t> created;
  std::optional<std::int64_t> modified;
  std::optional<std::int64_t> deleted;  ///< 0 for never
  std::int64_t ttl = 0;                 ///< seconds; 0 for ever
  std::int64_t references = 0;
  std::string_view name;
};

/// What became of a clear.
struct clear_report {
  origin from;
  std::optional<std::int64_t> entries;  ///< that there were; nothing where apcu_cache_info() is disabled
  std::int64_t left = 0;                ///< stored by other requests meanwhile
};

/// What is stored under a key.
struct fetched {
  origin from;
  bool found = false;
  php::value value;
  std::string exported;  ///< for a value that holds objects, PHP's own var_export(); empty for others
};

/// What was asked about a key, or done to it.
struct key_report {
  origin from;
  bool done = false;  ///< it exists; it was stored, or deleted
};

struct delete_report {
  origin from;
  std::int64_t keys = 0;  ///< deleted, or found by a rehearsal
};

}  // namespace apcu

/// The realpath cache, of which each worker has its own.
namespace realpath_cache {

struct entry {
  std::string path;
  php::value key;  ///< an integer, or a float where PHP has no integer for it
  bool is_directory = false;
  std::string realpath;
  std::int64_t expires = 0;  ///< Unix time
};

/// realpath_cache_get() of one worker.
struct listing {
  origin from;
  std::vector<entry> entries;
};

/// realpath_cache_size() of one worker.
struct size {
  origin from;
  std::int64_t bytes = 0;
};

struct clear_report {
  origin from;               ///< the worker that answered first
  std::int64_t workers = 0;  ///< of the pool, without those that ended meanwhile; 0 where PHP does not tell
  std::int64_t cleared = 0;
  std::vector<std::int64_t> missing{};  ///< pids of the workers that were not reached
};

}  // namespace realpath_cache

struct pool_options {
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds timeout{30000};  ///< for one answer
  int retries = 3;                           ///< how often a call is sent again where that is safe
  std::string tmp_dir;                       ///< where to put the agent first; empty: see docs/agent.md
  std::string agent_path;                    ///< an agent that php-fpm has already, as it sees it; empty for none
  int interrupt_fd = -1;  ///< when it becomes readable, a call in progress ends with error (interrupted)
};

/// A php-fpm pool. Move-only; connects for each call; files that a call needed are gone when this is. Not safe for use
/// by two threads at once. Everything throws cachetool::error.
class pool {
 public:
  explicit pool(fastcgi::endpoint where, pool_options const& options = {});
  pool(pool&&) noexcept;
  pool& operator=(pool&&) noexcept;
  ~pool();

  [[nodiscard]] opcache::status opcache_status();
  [[nodiscard]] opcache::configuration opcache_configuration();

  /// Passes every cached script to EACH. Returns the status; kind pending if PHP is about to restart the cache and so
  /// does not list it.
  opcache::status opcache_scripts(std::function<void(opcache::script const&)> const& each);
  opcache::status opcache_scripts(opcache::script_query const& query,
                                  std::function<void(opcache::script const&)> const& each);

  /// Compiles files into the cache, some hundred in one request. A file that fails is no error; kind opcache_off or
  /// pending if nothing could be cached.
  [[nodiscard]] opcache::compile_report opcache_compile(std::vector<opcache::script_file> const& files,
                                                        opcache::compile_options const& options = {});

  /// Has PHP compile scripts anew when they are used next; also takes them out of the file cache. Kind pending as
  /// above.
  [[nodiscard]] opcache::invalidate_report opcache_invalidate(opcache::invalidate_query const& query);

  /// Empties the cache, and looks for at most PATIENCE whether that took place. A reset that PHP refuses is an error.
  opcache::reset_report opcache_reset(std::chrono::milliseconds patience = std::chrono::seconds{1});

  /// The same on conditions. Kind refused with options.safe where it might end a request, php_error if nothing tells
  /// whether the cache is idle.
  opcache::reset_report opcache_reset(opcache::reset_options const& options);

  [[nodiscard]] apcu::info apcu_info();
  [[nodiscard]] apcu::memory apcu_memory();

  /// Passes every key to EACH.
  void apcu_keys(std::function<void(apcu::key const&)> const& each);

  /// Deletes every key. The pools of one master share their keys.
  apcu::clear_report apcu_clear();

  [[nodiscard]] apcu::fetched apcu_fetch(std::string_view key);
  apcu::key_report apcu_store(std::string_view key, php::value const& value, std::chrono::seconds ttl = {});
  apcu::key_report apcu_delete(std::string_view key);

  /// Empties the realpath cache of each worker of this pool that there is now, for at most PATIENCE.
  realpath_cache::clear_report realpath_cache_clear(std::chrono::milliseconds patience = std::chrono::seconds{30});

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace cachetool
