#pragma once

/// START HERE for a program. A pool is one php-fpm pool, named by the address that it listens on; its calls reset and
/// look at the caches of PHP there. You link cachetool::cachetool.
///
///     cachetool::pool www(cachetool::fastcgi::endpoint::parse("/run/php/php8.2-fpm.sock"));
///     try {
///       auto const report = www.opcache_reset();
///       bool const empty = report.what == cachetool::opcache::reset_report::outcome::confirmed;
///       std::puts(empty ? "confirmed" : "not yet");
///     } catch (cachetool::error const& failed) {
///       std::fprintf(stderr, "%s\n%s\n", failed.what(), failed.hint().c_str());
///     }

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/apcu.hpp>
#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>
#include <cachetool/opcache.hpp>
#include <cachetool/php/value.hpp>
#include <cachetool/realpath_cache.hpp>

namespace cachetool {

/// How calls are made. The defaults are those of the program.
struct pool_options {
  /// Bounds name lookup and connecting together, for each connection.
  std::chrono::milliseconds connect_timeout{5000};

  /// Bounds sending one request and reading its answer. A call that needs several requests may take as many times this.
  std::chrono::milliseconds timeout{30000};

  /// How often a call is sent again when nobody listens or its connection breaks, where sending it twice does no harm.
  /// The first repetition waits 50 ms, each further one twice as long, up to 3.2 s. 0: never. A timeout is never
  /// repeated.
  int retries = 3;

  /// A directory, tried first for the agent's file: this program must be able to write there, and php-fpm to read.
  /// It is made if it does not exist, and removed again. Empty: places are found (docs/developers/agent.md).
  std::string tmp_dir;

  /// An agent that php-fpm has already, by the name that php-fpm knows it by. Empty: one is put in place for the call.
  std::string agent_path;

  /// When this descriptor becomes readable, the call in progress ends with error (interrupted), and so does each later
  /// one until you have read from it: the end of a pipe, for instance, that your signal handler writes to. -1: none. A
  /// pool neither reads nor closes it. It must stay open as long as the pool.
  int interrupt_fd = -1;
};

/// A php-fpm pool, by the address that it listens on.
///
/// Threads: one thread at a time may use a pool. Different pools may be used by different threads at the same time,
/// even with one address. Callbacks run in the thread that made the call. A host name is looked up in a thread of its
/// own; if the name server is silent, that thread outlives the call, and touches nothing of yours.
///
/// Time: each call blocks until it has its result. pool_options bounds every request, and a call makes a bounded number
/// of them: one, unless its connection breaks, php-fpm cannot run the agent where it lies, or the call says otherwise.
/// After such a refusal it may look on this machine for the php-fpm behind the address, for 5 s at most.
///
/// Lifetime: nothing is opened or written before the first call, and each call has a connection of its own. The agent's
/// file is removed with the pool. Run as root, it may lie in /run/cachetool or /dev/shm/cachetool instead, and stays
/// there for the next call. What a call returns owns its memory and outlives the pool; arguments need to live for the
/// call alone. A pool that was moved from can only be destroyed or assigned to.
///
/// Errors: a call throws cachetool::error or std::bad_alloc; error::kind() tells what to do next. Any call may throw
///   (unreachable, stale, forbidden, not_fastcgi)  nothing usable listens there, or you may not connect
///   (timeout, interrupted)                        pool_options set the bound, or you asked to stop
///   (not_visible, access_denied, limit_extensions, open_basedir, placement)  php-fpm could not run the agent
///   (php_error, memory_limit, worker_died)        PHP stopped in the middle
///   (protocol)                                    the answer is none, or is larger than 256 MiB
///   (no_resources)                                the system gave no random numbers
/// and the call's comment names the others. After an error you can use the pool again.
///
/// Repetition: a call is sent again by itself, pool_options::retries times, when nobody listens or its connection
/// breaks; every call but apcu_store() even if PHP may have run it already. A call that lists things is not sent again
/// once the first of them has arrived.
class pool {
 public:
  /// Connects to nothing yet, so `where` need not exist. A relative tmp_dir is made absolute here: where the current
  /// directory is gone, that throws std::filesystem::filesystem_error.
  explicit pool(fastcgi::endpoint where, pool_options const& options = {});
  pool(pool&&) noexcept;
  pool& operator=(pool&&) noexcept;
  ~pool();

  /// Returns opcache_get_status() without the scripts. You may repeat it: it reads. A pool that has OPcache switched
  /// off for itself alone gives a status with enabled == false.
  /// Throws error (opcache_off) where OPcache is loaded and off as a whole, (extension_missing) where it is not loaded,
  /// (restricted) where opcache.restrict_api allows no place for the agent, and (disabled) where disable_functions has
  /// the function.
  [[nodiscard]] opcache::status opcache_status();

  /// Returns opcache_get_configuration(). It works while the cache is off. You may repeat it: it reads.
  /// Throws error (extension_missing), (restricted), (disabled).
  [[nodiscard]] opcache::configuration opcache_configuration();

  /// Passes every cached script to `each`, in the order of `query`, and returns the status. This program's memory does
  /// not grow with their number; php-fpm sorts them, and needs about a kilobyte for each while it lists them.
  ///
  /// `each` must not be empty, and must not use this pool. A script's path is gone when `each` returns: copy what you
  /// keep. What `each` throws ends the call and reaches you. You may repeat the call: it reads. If it fails in the
  /// middle, `each` has seen some scripts, and a repetition begins with the first.
  ///
  /// Throws error (pending) while PHP is about to restart the cache and so does not list it, (opcache_off) also where
  /// OPcache is off in this pool alone or keeps files only, (usage) if PHP cannot use the regular expression, and what
  /// opcache_status() throws.
  opcache::status opcache_scripts(opcache::script_query const& query,
                                  std::function<void(opcache::script const&)> const& each);

  /// The same for all scripts, as PHP lists them.
  opcache::status opcache_scripts(std::function<void(opcache::script const&)> const& each);

  /// Compiles `files` into the cache, at most a hundred in one request, and looks whether each is there. Returns a row
  /// for each file that compile_options::exclude does not leave out. A file that fails is no error: its row says why.
  ///
  /// compile_options::timeout bounds each request here, not pool_options::timeout. You may repeat the call: what is
  /// cached already is found cached. A file that ended a whole request is sent again, alone, by itself.
  ///
  /// Throws error (opcache_off) if nothing could be cached, even for an empty list, (pending) if a restart of the cache
  /// is still awaited after a second, (usage) if PHP cannot use a regular expression, (extension_missing), (disabled).
  /// An error loses the rows; what was compiled before it stays in the cache.
  [[nodiscard]] opcache::compile_report opcache_compile(std::vector<opcache::script_file> const& files,
                                                        opcache::compile_options const& options = {});

  /// Has PHP compile scripts anew when they are used next, and takes them out of the file cache. The memory of the old
  /// ones counts as wasted until a restart. Returns a row for each script that was chosen; none is no error.
  ///
  /// You may repeat the call: a script that is invalid already is no error. Throws as opcache_scripts().
  [[nodiscard]] opcache::invalidate_report opcache_invalidate(opcache::invalidate_query const& query);

  /// Empties the cache of all pools of the same master, and watches PHP's restart counters to see whether that took
  /// place; reset_report::what tells. PHP restarts the cache once no request uses it (php-src
  /// ext/opcache/ZendAccelerator.c, accel_activate()).
  ///
  /// reset_options::patience bounds the watching, beside the requests themselves; a look that was begun may take 100 ms
  /// longer, and finding out who keeps the restart waiting may take another second. It is no error when the time is
  /// over: the report says `scheduled`, and PHP goes on by itself. You may repeat the call, at the price of a second
  /// cold start; a restart that is pending already is joined.
  ///
  /// Throws error (opcache_off) where OPcache is off in this pool or keeps files only, (restricted), (disabled) for
  /// opcache_reset(), and for opcache_get_status() if `options` sets a condition, (php_error) if PHP refuses and
  /// tells no reason, (extension_missing). Throws error (refused) with options.safe where the reset might end a
  /// request, or where nobody can tell for how long requests run already; and, with any options, if another php-fpm
  /// answers at this address afterwards. What options.tell throws ends the call and reaches you; the reset may then be
  /// scheduled.
  opcache::reset_report opcache_reset(opcache::reset_options const& options);

  /// The same without conditions.
  opcache::reset_report opcache_reset(std::chrono::milliseconds patience = std::chrono::seconds{1});

  /// Return apcu_cache_info(true) and apcu_sma_info(true). You may repeat them: they read.
  /// Every apcu_...() call throws error (extension_missing) where APCu is not loaded, and (disabled) where apc.enabled
  /// is 0 or disable_functions has the function.
  [[nodiscard]] apcu::info apcu_info();
  [[nodiscard]] apcu::memory apcu_memory();

  /// Passes every key to `each`, in the order of APCu's table. This program's memory does not grow with their number.
  /// `each` must not be empty, and must not use this pool. A key's name is gone when `each` returns; what `each` throws
  /// ends the call and reaches you. You may repeat the call: it reads, and begins with the first key again.
  void apcu_keys(std::function<void(apcu::key const&)> const& each);

  /// Deletes every key of all pools of the same master, and looks what is left. You may repeat it; where it repeated
  /// itself, clear_report::entries counts what the last time found.
  /// Throws error (php_error) if as many entries as before are still there.
  apcu::clear_report apcu_clear();

  /// Returns what is stored under `key`, which may hold any bytes. No such key is no error: found is false. You may
  /// repeat it: it reads, and counts in APCu's statistics. Throws error (php_error) for a value that PHP cannot restore
  /// there, as an enumeration whose class is not known, and (protocol) for an answer above 32 MiB or 400,000 values.
  [[nodiscard]] apcu::fetched apcu_fetch(std::string_view key);

  /// Stores `value` under `key` for `ttl`; 0 for ever. You may repeat it, and the time begins anew. By itself it is
  /// sent again only if no worker can have seen it. After error (worker_died) or (timeout) the value may be stored.
  /// Throws error (php_error) if APCu does not take the value, because it is full, for instance.
  apcu::key_report apcu_store(std::string_view key, php::value const& value, std::chrono::seconds ttl = {});

  /// Deletes `key`. One that is not there is no error: done is false. You may repeat it. Mind that done is false, too,
  /// if the call had to repeat itself and the first time had deleted the key.
  apcu::key_report apcu_delete(std::string_view key);

  /// Empties the realpath cache of each worker of this pool that there is now. `patience` bounds it all, in place of
  /// pool_options::timeout; where PHP has to tell which workers there are, each look at them may add a second. The
  /// workers that were not reached are no error: clear_report::missing names them. You may repeat it, and a busy worker
  /// may run it more than once. Throws error (timeout), or what failed last, if no worker answers within `patience`.
  realpath_cache::clear_report realpath_cache_clear(std::chrono::milliseconds patience = std::chrono::seconds{30});

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace cachetool
