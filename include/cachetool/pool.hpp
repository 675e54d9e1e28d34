#pragma once

/// START HERE for a program: pool{endpoint}.opcache_reset().

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
  /// Bounds name lookup and connecting together.
  std::chrono::milliseconds connect_timeout{5000};

  /// Bounds sending one request and reading its answer. A call that needs several requests may take as many times this.
  std::chrono::milliseconds timeout{30000};

  /// How often a call is sent again after a connection that broke or was refused, where sending it twice does no harm.
  int retries = 3;

  /// A directory, tried first for the agent's file: this program must be able to write there, and php-fpm to read.
  /// Empty: places are found (docs/agent.md).
  std::string tmp_dir;

  /// An agent that php-fpm has already, by the name that php-fpm knows it by. Empty: one is put in place for the call.
  std::string agent_path;

  /// When this descriptor becomes readable, the call in progress ends with error (interrupted). -1: none. It is not
  /// read and not closed, and must stay open as long as the pool.
  int interrupt_fd = -1;
};

/// A php-fpm pool, by the address that it listens on.
///
/// Threads: not safe for use by two threads at once; two pools in two threads do not disturb each other, even with one
/// address. No call starts a thread that outlives it; a host name is looked up in one.
///
/// Time: each call blocks until it has its result, at most for the time limits of pool_options. It never waits without
/// a bound.
///
/// Lifetime: nothing is opened or written before the first call, each call has a connection of its own, and files that
/// calls have put in place are gone when the pool is. Move-only; a pool that was moved from can only be destroyed or
/// assigned to. What is returned owns its memory, and outlives the pool.
///
/// Errors: everything throws cachetool::error and nothing else but std::bad_alloc; error::kind() tells what to do next.
/// After an error the pool can be used again. Each call says whether it may be repeated: a read always may, and is
/// repeated by itself, pool_options::retries times.
class pool {
 public:
  /// Does nothing yet. WHERE need not exist.
  explicit pool(fastcgi::endpoint where, pool_options const& options = {});
  pool(pool&&) noexcept;
  pool& operator=(pool&&) noexcept;
  ~pool();

  /// opcache_get_status() without the scripts. A read. Throws error (opcache_off) where the extension is loaded and
  /// off, (extension_missing), (restricted), (disabled).
  [[nodiscard]] opcache::status opcache_status();

  /// opcache_get_configuration(). A read. It works while the cache is off. Throws as opcache_status().
  [[nodiscard]] opcache::configuration opcache_configuration();

  /// Passes every cached script to EACH, in the order of QUERY, and returns the status. Memory does not grow with the
  /// number of scripts unless QUERY sorts them, which php-fpm then does. A script's path is gone when EACH
  /// returns; what EACH throws ends the call and passes through. A read, but EACH has seen some scripts already when it
  /// fails in the middle, so it is not repeated by itself then. Throws error (pending) if PHP is about to restart the
  /// cache and so does not list it, (usage) if PHP cannot compile QUERY's regular expression.
  opcache::status opcache_scripts(opcache::script_query const& query,
                                  std::function<void(opcache::script const&)> const& each);
  opcache::status opcache_scripts(std::function<void(opcache::script const&)> const& each);

  /// Compiles FILES into the cache, some hundred in one request, and looks whether each is there. A file that fails is
  /// no error, its row says why. It may be repeated: what is cached already is found cached. Throws error (opcache_off)
  /// or (pending) if nothing could be cached.
  [[nodiscard]] opcache::compile_report opcache_compile(std::vector<opcache::script_file> const& files,
                                                        opcache::compile_options const& options = {});

  /// Has PHP compile scripts anew when they are used next, and takes them out of the file cache. The memory of the old
  /// ones is wasted until a restart. It may be repeated. Throws error (pending), (opcache_off), (usage) for a regular
  /// expression that PHP cannot compile.
  [[nodiscard]] opcache::invalidate_report opcache_invalidate(opcache::invalidate_query const& query);

  /// Empties the cache of all pools of the same master, and watches PHP's restart counters for at most
  /// OPTIONS.patience to see whether that took place; reset_report::what tells. PHP restarts the cache once no request
  /// uses it. It may be repeated, at the price of a second cold start; a restart that is pending already is joined.
  /// Throws error (refused) with options.safe where it might end a request, (php_error) if options.if_idle is set and
  /// nothing tells whether the cache is idle, (restricted), (disabled), (opcache_off).
  opcache::reset_report opcache_reset(opcache::reset_options const& options);
  opcache::reset_report opcache_reset(std::chrono::milliseconds patience = std::chrono::seconds{1});

  /// apcu_cache_info(true) and apcu_sma_info(true). Reads. Throw error (extension_missing), and (disabled) where
  /// apc.enabled=0 or the PHP function is disabled; so do all calls below.
  [[nodiscard]] apcu::info apcu_info();
  [[nodiscard]] apcu::memory apcu_memory();

  /// Passes every key to EACH in the order of APCu's table; memory does not grow with their number. A key's name is
  /// gone when EACH returns; what EACH throws passes through. A read, as opcache_scripts().
  void apcu_keys(std::function<void(apcu::key const&)> const& each);

  /// Deletes every key of all pools of the same master, and looks what is left. It may be repeated.
  apcu::clear_report apcu_clear();

  /// What is stored under KEY, any bytes. A read: it counts as a hit in APCu's statistics.
  [[nodiscard]] apcu::fetched apcu_fetch(std::string_view key);

  /// Stores VALUE under KEY for TTL; 0 for ever. It may be repeated. Throws error (php_error) if APCu does not take it,
  /// because it is full, for instance.
  apcu::key_report apcu_store(std::string_view key, php::value const& value, std::chrono::seconds ttl = {});

  /// Deletes KEY. One that is not there is no error: done is false. A repetition says false, too.
  apcu::key_report apcu_delete(std::string_view key);

  /// Empties the realpath cache of each worker of this pool that there is now, for at most PATIENCE; missing names the
  /// workers that it did not reach. It may be repeated. Throws error if no worker answers.
  realpath_cache::clear_report realpath_cache_clear(std::chrono::milliseconds patience = std::chrono::seconds{30});

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace cachetool
