// The stat commands against a real php-fpm.

#include <unistd.h>

#include <thread>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/client.hpp>
#include <cachetool/pool.hpp>

#include "fpm/processes.hpp"
#include "support/catch.hpp"
#include "support/php_fpm.hpp"
#include "support/program.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::fpm_pool;
using test::php_fpm;
using test::run_program;

namespace {

/// A php-fpm all of whose workers have begun: one that has just been forked is nobody's yet.
struct server_with : php_fpm {
  explicit server_with(std::size_t workers)
      : php_fpm({.pools = {fpm_pool{.max_children = static_cast<int>(workers)}}}) {
    for (int i = 0; i < 400 && fpm::pool_workers(fpm::proc(), pid(), "www").value_or({}).size() < workers; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }
};

std::string address_of(php_fpm const& server) {
  return "--fcgi=" + server.endpoint().text();
}

/// Keeps one worker busy for some seconds; returns when it is.
class busy_worker {
 public:
  busy_worker(php_fpm const& server, int seconds)
      : running_(
            {"php:eval", address_of(server), "-r", "apcu_store('busy', 1); sleep(" + std::to_string(seconds) + ");"}) {
    pool www(server.endpoint());
    while (!www.apcu_fetch("busy").found) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }

 private:
  test::program running_;
};

}  // namespace

TEST_CASE("a clear empties the realpath cache") {
  server_with const server(1);
  run_program({"php:eval", address_of(server), "-r", "return realpath('/usr/bin/env');"});
  CHECK(run_program({"stat:realpath_get", address_of(server)}).out.find("| /usr/bin ") != std::string::npos);
  CHECK(run_program({"stat:clear", address_of(server)}).exit_code == 0);
  CHECK(run_program({"stat:realpath_get", address_of(server)}).out.find("| /usr/bin ") == std::string::npos);
}

TEST_CASE("a clear reaches each of eight workers") {
  server_with const server(8);
  pool www(server.endpoint());
  auto const report = www.realpath_cache_clear();
  CHECK(report.cleared == 8);
  CHECK(report.workers == 8);
}

TEST_CASE("a worker that is busy for longer than the deadline is reported, with exit code 4") {
  server_with const server(4);
  busy_worker const busy(server, 5);
  auto const answer = run_program({"stat:clear", address_of(server), "--deadline=0.3"});
  CHECK(answer.out == server.endpoint().text() + " (pool www): realpath cache cleared in 3/4 workers\n");
  CHECK(answer.err.find("1 worker did not answer within 300 ms") != std::string::npos);
  CHECK(answer.exit_code == 4);
}

TEST_CASE("in JSON a clear that did not reach every worker has a result and an error") {
  server_with const server(2);
  busy_worker const busy(server, 5);
  auto const answer = run_program({"stat:clear", address_of(server), "--deadline=0.3", "--format=json"});
  CHECK(answer.out.find(R"("result":{"cleared":1,"workers":2,"missing":[{"pid":)") != std::string::npos);
  CHECK(answer.out.find(R"("ok":false,"error":{"kind":"timeout")") != std::string::npos);
  CHECK(answer.exit_code == 4);
}

TEST_CASE("a clear waits for a worker that is busy for a while") {
  server_with const server(3);
  busy_worker const busy(server, 1);
  auto const answer = run_program({"stat:clear", address_of(server)});
  CHECK(answer.out.find("cleared in 3/3 workers") != std::string::npos);
  CHECK(answer.exit_code == 0);
}

TEST_CASE("a worker that another client's kept connection holds is named, and so is the cure") {
  if (geteuid() != 0) return test::does_not_apply("only root sees what a worker of another user does");
  server_with const server(2);
  auto const script = server.write_script("kept.php", "<?php echo 1;");
  fastcgi::connection kept = fastcgi::client{server.endpoint()}.connect();
  static_cast<void>(kept.execute(
      {.params = {{"REQUEST_METHOD", "GET"}, {"SCRIPT_FILENAME", script}}, .body = {}, .keep_connection = true}));
  auto const answer = run_program({"stat:clear", address_of(server), "--deadline=0.4"});
  CHECK(answer.exit_code == 4);
  CHECK(answer.out.find("cleared in 1/2 workers") != std::string::npos);
  CHECK(answer.err.find(" is held by a client's open connection") != std::string::npos);
  CHECK(answer.err.find("hint: a web server keeps its connections") != std::string::npos);
}
