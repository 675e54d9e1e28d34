#include "fpm/discovery.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "support/catch.hpp"
#include "support/php_fpm.hpp"

using namespace cachetool;

namespace {

fpm::master find(test::php_fpm const& server, fpm::surroundings const& where = {}) {
  for (fpm::master& found : fpm::find_masters(where)) {
    if (found.self.pid == server.pid()) return std::move(found);
  }
  FAIL("this master was not found");
  return {};
}

// A worker that was forked just now has not got its title yet.
fpm::master find_with_workers(test::php_fpm const& server, std::size_t count, fpm::surroundings const& where = {}) {
  for (int tries = 0; tries < 250; ++tries) {
    fpm::master found = find(server, where);
    std::size_t seen = 0;
    for (fpm::pool const& pool : found.pools) seen += pool.workers.size();
    if (seen == count) return found;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  FAIL("the workers did not appear");
  return {};
}

fpm::pool const& pool_of(fpm::master const& found, std::string const& name) {
  auto const same = [&](fpm::pool const& one) { return one.name == name; };
  auto const one = std::find_if(found.pools.begin(), found.pools.end(), same);
  REQUIRE(one != found.pools.end());
  return *one;
}

}  // namespace

TEST_CASE("a running master is found with its pools, where they listen, and their workers") {
  test::php_fpm const server(
      {.pools = {{.name = "static"},
                 {.name = "dynamic",
                  .pm = "dynamic",
                  .max_children = 3,
                  .lines = {"pm.start_servers = 1", "pm.min_spare_servers = 1", "pm.max_spare_servers = 1"}},
                 {.name = "ondemand", .pm = "ondemand"},
                 {.name = "tcp", .listen = "127.0.0.1:0", .max_children = 1}}});
  fpm::master const found = find_with_workers(server, 4, {.exact_version = true});
  CHECK(found.version.starts_with(test::php_fpm::version() + "."));
  CHECK(found.pools.size() == 4);
  CHECK_FALSE(found.elsewhere);
  for (std::string const name : {"static", "dynamic", "ondemand", "tcp"}) {
    CAPTURE(name);
    fpm::pool const& pool = pool_of(found, name);
    REQUIRE(pool.endpoint);
    CHECK(*pool.endpoint == server.endpoint(name));
    CHECK(pool.reach == fpm::access::reachable);
  }
  CHECK(pool_of(found, "static").workers.size() == 2);
  CHECK(pool_of(found, "dynamic").workers.size() == 1);
  CHECK(pool_of(found, "ondemand").workers.empty());
  CHECK(pool_of(found, "static").config.at("pm").value == "static");
}

TEST_CASE("the master behind an endpoint is found, by the listener's pid and without it") {
  test::php_fpm const server({.pools = {{.name = "a"}, {.name = "tcp", .listen = "127.0.0.1:0"}}});
  auto const by_pid = fpm::master_of(server.endpoint("a"), server.pid());
  REQUIRE(by_pid);
  CHECK(by_pid->master.self.pid == server.pid());
  REQUIRE(by_pid->pool);
  CHECK(by_pid->master.pools[*by_pid->pool].name == "a");
  auto const by_port = fpm::master_of(server.endpoint("tcp"), std::nullopt);
  REQUIRE(by_port);
  CHECK(by_port->master.self.pid == server.pid());
  CHECK(by_port->master.pools[*by_port->pool].name == "tcp");
}
