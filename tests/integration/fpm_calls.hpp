#pragma once

// What the integration tests have in common: scripts run by php-fpm, the program run against it, and what is left.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/fastcgi/client.hpp>
#include <cachetool/php/value.hpp>
#include <cachetool/pool.hpp>

#include "support/php_fpm.hpp"
#include "support/program.hpp"

namespace cachetool::test {

/// One pool that everybody may connect to, with further lines of its section.
fpm_options one_pool(std::vector<std::string> lines = {}, int max_children = 2);

/// A php-fpm in which other people's code, given without its open tag, runs before and after every script.
class surrounded_fpm {
 public:
  explicit surrounded_fpm(std::string const& prepended, std::string const& appended = {},
                          fpm_options options = one_pool());

  php_fpm const& operator*() const noexcept { return *server_; }

 private:
  temp_dir scripts_;
  std::optional<php_fpm> server_;
};

fastcgi::request request_for(std::string const& script);

/// Has the pool run a script.
fastcgi::response run_script(php_fpm const& server, std::string const& script, std::string const& pool = "www");

/// What the PHP code, without its open tag, returns in the pool www. It runs as a file that OPcache does not keep.
php::value evaluate(php_fpm const& server, std::string_view code);

/// opcache_get_status(false), as PHP itself tells it.
php::value cache_status(php_fpm const& server);

/// What it counts: bytes that only a restart gives back, and calls of opcache_reset() that took place.
std::int64_t wasted(php_fpm const& server);
std::int64_t restarts(php_fpm const& server);

/// True if this PHP can forget a script whose file is gone.
bool forgets_what_is_gone();

/// That many scripts in the cache, compiled from files of their own.
void fill_cache(php_fpm const& server, int scripts = 5);

/// A request that keeps a worker busy, and OPcache from restarting, until this ends: it runs a cached script that
/// sleeps.
class long_request {
 public:
  /// Returns when the script runs.
  long_request(php_fpm const& server, std::chrono::milliseconds duration);
  long_request(long_request const&) = delete;
  long_request& operator=(long_request const&) = delete;
  ~long_request();

  /// Waits until its time is over.
  void finish();

  /// Ends it now.
  void end();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// The program with these arguments and --fcgi= of the pool.
std::vector<std::string> arguments_for(php_fpm const& server, std::vector<std::string> arguments,
                                       std::string const& pool = "www");
program_result call(php_fpm const& server, std::vector<std::string> arguments, program_options const& options = {});

bool is_root() noexcept;

/// The user of the pools that root starts. Throws if there is none on this machine.
uid_t pool_user();

/// Options for the program: run as the pool's user, or as the caller where that is not root.
program_options as_pool_user();

/// Options for the program: run as nobody, or as the caller where that is not root.
program_options as_nobody();

/// This process acts as another user (effective user and group) for as long as the object lives; root only.
class acting_as {
 public:
  explicit acting_as(uid_t user);
  acting_as(acting_as const&) = delete;
  acting_as& operator=(acting_as const&) = delete;
  ~acting_as();

 private:
  uid_t user_;
  gid_t group_;
};

/// The private directories of a user that nobody uses: what killed runs left in BASE.
std::vector<std::string> left_overs(std::string const& base, uid_t user);

/// The same in every directory that the agent is put into without --tmp-dir.
std::vector<std::string> left_overs(uid_t user);

bool contains(std::string_view text, std::string_view part) noexcept;

}  // namespace cachetool::test
