#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

namespace cachetool::test {

struct fpm_pool {
  std::string name = "www";

  /// Empty: a socket NAME.sock in the server's directory. "127.0.0.1:0", "[::1]:0": a free port. Else as it stands.
  std::string listen{};

  std::string pm = "static";  ///< static, dynamic or ondemand
  int max_children = 2;

  /// Further lines of the pool's section. They win over the lines that are written for the fields above:
  /// "listen.mode = 0666", "user = nobody", "php_admin_value[memory_limit] = 16M".
  std::vector<std::string> lines{};
};

struct fpm_options {
  std::vector<fpm_pool> pools{fpm_pool{}};

  /// Settings of the whole master, as -d gives them: {"opcache.validate_timestamps", "0"}.
  std::map<std::string, std::string> ini{};

  std::vector<std::string> global_lines{};  ///< further lines of the [global] section

  /// Root only: the server runs in a mount namespace of its own, in which each of these directories is a new, empty one
  /// that everybody may write, as systemd's PrivateTmp makes it. Its own directory() is seen there all the same.
  std::vector<std::string> private_directories{};

  /// Root only, with private_directories: the server runs in a user namespace that this user has made, who is root in
  /// there. Its pools need the lines "user = root" and "group = root".
  std::optional<uid_t> user_namespace_of{};

  std::optional<uid_t> user{};  ///< root only: who runs it, the master too
  bool own_pids = false;        ///< root only: in a pid namespace of its own, as a container has

  /// To be loaded too, where there are files of these names. Debian's php-fpm loads the tokenizer.
  std::vector<std::string> extensions{"tokenizer.so"};
  bool opcache = true;  ///< load it, if it is not built in
  bool apcu = true;
};

/// A php-fpm of our own, on sockets of our own, for as long as the object lives. When a test fails, the last lines of
/// its log are printed.
///
/// Which PHP it is says CACHETOOL_TEST_PHP (docs/developers/testing.md). Errors are not displayed, as in production.
/// Run by root, its workers are www-data; run by anyone else, they are the caller.
class php_fpm {
 public:
  /// Returns when the server accepts connections. Throws std::runtime_error, with the log, if that takes over ten
  /// seconds.
  explicit php_fpm(fpm_options options = {});
  php_fpm(php_fpm const&) = delete;
  php_fpm& operator=(php_fpm const&) = delete;
  ~php_fpm();

  /// "7.4" to "8.5"
  static std::string version();

  /// True if USER can make a user namespace and mount in it: kernels and containers may forbid it.
  static bool can_have_user_namespace(uid_t user);

  /// Why there is no php-fpm of that version on this machine; nothing if there is one.
  static std::optional<std::string> missing();

  /// Throws std::out_of_range if there is no such pool.
  [[nodiscard]] fastcgi::endpoint endpoint(std::string const& pool = "www") const;

  /// The master, by the number that it has here.
  [[nodiscard]] pid_t pid() const;

  /// The workers of all pools that are alive now.
  [[nodiscard]] std::vector<pid_t> workers() const;

  /// What php-fpm has logged until now, and PHP with it.
  [[nodiscard]] std::string log() const;

  /// The server's directory, which anyone may read. It holds the sockets, and is removed with the server.
  [[nodiscard]] std::string directory() const { return directory_.path(); }

  /// A directory for scripts, inside directory().
  [[nodiscard]] std::string document_root() const { return directory() + "/www"; }

  /// Writes a script below document_root() and returns its path. It is one hour old, so that OPcache takes it at once.
  [[nodiscard]] std::string write_script(std::string const& name, std::string_view code) const;

  /// Sends SIGUSR2 and returns when the same master, with new workers, accepts connections again.
  void reload();

  /// Ends the server as the destructor does.
  void stop() noexcept;

 private:
  std::string configure(fpm_options const& options);
  [[nodiscard]] std::size_t times_ready() const;
  void wait_until_ready(std::size_t times);

  bool own_pids_ = false;
  temp_dir directory_;
  std::map<std::string, std::string> listen_;
  std::optional<child_process> child_;
};

}  // namespace cachetool::test
