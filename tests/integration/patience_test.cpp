// Whatever php-fpm does with its workers, a command that can be carried out is carried out.

#include <atomic>
#include <filesystem>
#include <thread>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

using namespace std::chrono_literals;

using command = std::vector<std::string>;

/// A pool with a site behind a link, and what can be asked of it again and again.
class visited_site {
 public:
  explicit visited_site(fpm_options const& options) : server(options) {
    auto const release = server.document_root() + "/1";
    std::filesystem::create_directories(release);
    script = server.write_script("1/index.php", "<?php echo 1;");
    link = server.document_root() + "/current";
    std::filesystem::create_symlink(release, link);
  }

  [[nodiscard]] std::vector<command> repeatable() const {
    return {{"opcache:status"},
            {"opcache:configuration"},
            {"opcache:reset"},
            {"opcache:compile:script", script},
            {"opcache:compile:scripts", server.document_root()},
            {"opcache:status:scripts"},
            {"opcache:invalidate:scripts", "index"},
            {"stat:clear"},
            {"stat:realpath_get"},
            {"stat:realpath_size"},
            {"apcu:cache:info"},
            {"apcu:sma:info"},
            {"apcu:cache:clear"}};
  }

  /// What went wrong in ROUNDS of each.
  [[nodiscard]] std::string failures(std::vector<command> const& commands, int rounds) const {
    std::string out;
    for (int i = 0; i < rounds; ++i) {
      for (command const& each : commands) {
        auto const result = call(server, each);
        if (result.exit_code != 0) out += result.err;
        ++done;
      }
    }
    return out;
  }

  php_fpm server;
  mutable std::atomic<int> done = 0;  ///< commands
  std::string script;
  std::string link;
};

/// Reloads a php-fpm again and again, as fast as it can be without one command meeting more than two reloads: the next
/// one begins when php-fpm is ready and a command has ended since, however long that takes on a busy machine.
class reloads {
 public:
  explicit reloads(visited_site& of) : site_(of), thread_([this] { run(); }) {}

  /// Returns how many there were.
  int end() {
    stop_ = true;
    thread_.join();
    return count_;
  }

 private:
  void run() {
    while (!stop_) {
      site_.server.reload();
      ++count_;
      int const before = site_.done;
      while (!stop_ && site_.done == before) std::this_thread::sleep_for(1ms);
      std::this_thread::sleep_for(std::chrono::milliseconds(count_ % 8));  // somewhere in the next one
    }
  }

  visited_site& site_;
  std::atomic<bool> stop_ = false;
  int count_ = 0;
  std::thread thread_;
};

}  // namespace

TEST_CASE("no command fails in a pool whose workers end after each request") {
  visited_site const site(one_pool({"pm.max_requests = 1"}, 2));
  std::vector<command> commands = site.repeatable();
  commands.push_back({"php:eval", "-r", "return 1;"});
  commands.push_back({"apcu:key:store", "key", "value"});
  commands.push_back({"apcu:key:fetch", "key"});
  commands.push_back({"deploy:warm", site.server.document_root() + "/1"});
  commands.push_back({"deploy:finish", site.link});
  CHECK(site.failures(commands, 4) == "");
  CHECK_FALSE(contains(site.server.log(), "SIGSEGV"));
}

TEST_CASE("no command that may be sent again fails while php-fpm is reloaded") {
  visited_site site(one_pool({}, 3));
  reloads meanwhile(site);
  auto const failures = site.failures(site.repeatable(), 4);
  CHECK(meanwhile.end() >= 10);
  CHECK(failures == "");
}
