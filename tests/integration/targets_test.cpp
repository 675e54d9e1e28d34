// Several php-fpm in one command: worked on at the same time, shown in order.

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "fpm_calls.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

using namespace std::chrono_literals;

std::string address(php_fpm const& server, std::string const& pool = "www") {
  return "--fcgi=" + server.endpoint(pool).text();
}

fpm_options two_pools() {
  fpm_options options;
  options.pools = {fpm_pool{.name = "www"}, fpm_pool{.name = "shop"}};
  return options;
}

std::int64_t restarts(php_fpm const& server) {
  return cache_status(server)["opcache_statistics"]["manual_restarts"].as_int();
}

std::string const nowhere = "--fcgi=/tmp/cachetool-test-no-such.sock";

}  // namespace

TEST_CASE("each of several targets has its own line, in the order of the command line") {
  php_fpm const first;
  php_fpm const second;
  auto const result = run_program({"opcache:reset", address(second), address(first)});
  auto const at_second = result.out.find(second.endpoint().text() + " (pool www): OPcache reset, confirmed");
  auto const at_first = result.out.find("\n" + first.endpoint().text() + " (pool www): OPcache reset, confirmed");
  CHECK(at_second == 0);
  CHECK(at_first != std::string::npos);
  CHECK(result.exit_code == 0);
  CHECK(restarts(first) == 1);
  CHECK(restarts(second) == 1);
}

TEST_CASE("several targets are worked on at the same time: a busy one does not keep the others waiting") {
  php_fpm const busy{one_pool({}, 1)};
  php_fpm const idle;
  evaluate(idle, "return apcu_store('kept', 1);");
  long_request const running(busy, 20s);
  program command({"apcu:cache:clear", address(busy), address(idle)});
  bool cleared = false;
  for (int i = 0; i < 500 && !cleared; ++i) cleared = !evaluate(idle, "return apcu_exists('kept');").as_bool();
  CHECK(cleared);
  command.signal(SIGTERM);
  CHECK(command.finish().exit_code == 143);
}

TEST_CASE("two pools of one master, named both, are reset once, and both lines are printed") {
  php_fpm const server{two_pools()};
  auto const result = run_program({"opcache:reset", address(server), address(server, "shop")});
  CHECK(contains(result.out, server.endpoint("www").text() + " (pool www): OPcache reset, confirmed"));
  CHECK(contains(result.out, server.endpoint("shop").text() + " (pool "));
  CHECK(result.exit_code == 0);
  CHECK(restarts(server) == 1);
}

TEST_CASE("a target that fails does not end the others, and the largest exit code tells") {
  php_fpm const server;
  auto const result = run_program({"opcache:reset", nowhere, address(server)});
  CHECK(contains(result.err, "no such socket"));
  CHECK(contains(result.out, "OPcache reset, confirmed"));
  CHECK(result.exit_code == 3);
}

TEST_CASE("in JSON several targets are one document, whether they fail or not") {
  php_fpm const server{two_pools()};
  auto const result =
      run_program({"opcache:reset", "--format=json", address(server), nowhere, address(server, "shop")});
  auto const targets = nlohmann::json::parse(result.out).at("targets");
  REQUIRE(targets.size() == 3);
  int done = 0;
  for (auto const& target : targets) done += target.at("ok") == true ? 1 : 0;
  CHECK(done == 2);
}

TEST_CASE("in CSV several targets stand below one header") {
  php_fpm const first;
  php_fpm const second;
  auto const result = run_program({"opcache:status", "--format=csv", address(first), address(second)});
  CHECK(std::count(result.out.begin(), result.out.end(), '\n') == 3);
  CHECK(result.out.rfind("endpoint,", 0) == 0);
  CHECK(result.out.find("endpoint,", 1) == std::string::npos);
}
