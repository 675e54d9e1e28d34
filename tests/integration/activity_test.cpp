// What the workers of a real pool are seen to do.

#include "fpm/activity.hpp"

#include <algorithm>
#include <thread>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;
using fpm::doing;

namespace {

using namespace std::chrono_literals;

fpm::pool pool_of(php_fpm const& server) {
  fpm::pool of;
  of.name = "www";
  of.endpoint = server.endpoint();
  for (pid_t const pid : server.workers()) of.workers.push_back({pid, 0, 0});
  return of;
}

// What is seen as soon as it is what is WANTED, else what is seen in the end: a worker takes a moment to get there.
fpm::pool_load look(php_fpm const& server, std::function<bool(fpm::pool_load const&)> const& wanted) {
  fpm::pool_load load = fpm::load_of(pool_of(server));
  for (int tries = 0; tries < 200 && !wanted(load); ++tries) {
    std::this_thread::sleep_for(10ms);
    load = fpm::load_of(pool_of(server));
  }
  return load;
}

fpm_options listening_on(std::string const& listen) {
  auto options = one_pool({}, 3);
  options.pools.front().listen = listen;
  return options;
}

/// A connection that a worker was told to keep, after one request.
fastcgi::connection kept_connection(php_fpm const& server) {
  auto request = request_for(server.write_script("nothing.php", "<?php"));
  request.keep_connection = true;
  auto connection = fastcgi::client(server.endpoint()).connect();
  connection.execute(request);
  return connection;
}

}  // namespace

TEST_CASE("idle workers, one that runs a script and one that a kept connection holds are told apart") {
  if (!is_root()) return skip("needs root");
  php_fpm const server(listening_on(GENERATE(as<std::string>{}, "", "127.0.0.1:0", "[::1]:0")));
  auto const idle = look(server, [](auto const& load) { return load.count(doing::idle) == 3; });
  CHECK(idle.count(doing::idle) == 3);
  CHECK(idle.busy() == 0U);
  auto const kept = kept_connection(server);
  long_request const running(server, 20s);
  auto const load = look(server, [](auto const& now) { return now.count(doing::held) == 1 && now.busy() == 2U; });
  CHECK(load.count(doing::idle) == 1);
  CHECK(load.count(doing::held) == 1);
  CHECK(load.count(doing::running) == 1);
  REQUIRE(load.connections);
  CHECK(load.connections->accepted == 2);
  CHECK(load.connections->waiting == 0);
}

TEST_CASE("another user is told by the connections how many workers are busy, and how many calls wait") {
  if (!is_root()) return skip("needs root");
  auto options = listening_on(GENERATE(as<std::string>{}, "", "127.0.0.1:0"));
  options.pools.front().max_children = 1;
  php_fpm const server(options);
  long_request const running(server, 20s);
  auto const waiting = fastcgi::client(server.endpoint()).connect();
  acting_as const user(65534);
  auto const load = look(server, [](auto const& now) { return now.connections && now.connections->waiting == 1; });
  CHECK(load.count(doing::unknown) == 1);
  REQUIRE(load.connections);
  CHECK(load.connections->accepted == 1);
  CHECK(load.connections->waiting == 1);
  CHECK(load.all_busy());
}
