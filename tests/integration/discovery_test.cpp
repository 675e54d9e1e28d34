#include "fpm/discovery.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <cachetool/fastcgi/client.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/php_build.hpp"
#include "support/php_fpm.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;

namespace {

fpm::master find(test::php_fpm const& server, fpm::search_options const& where = {}) {
  for (fpm::master& found : fpm::find_masters(where)) {
    if (found.self.pid == server.pid()) return std::move(found);
  }
  FAIL("this master was not found");
  return {};
}

// A worker that was forked just now has not got its title yet.
fpm::master find_with_workers(test::php_fpm const& server, std::size_t count, fpm::search_options const& where = {}) {
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

// php-fpm with these arguments, started by the command FIRST.
test::child_process start(std::vector<std::string> first, test::php_build const& php, std::string const& variable) {
  test::child_options options;
  options.argv = std::move(first);
  options.environment = php.environment();
  options.environment.push_back("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
  options.environment.push_back(variable);
  options.environment.push_back("PADDING=" + std::string(200, 'x'));  // php-fpm puts its title there
  return test::child_process(options);
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
  static_cast<void>(find_with_workers(server, 4));
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

TEST_CASE("a pool in a chroot and pools of several users are found with where they run and as whom") {
  if (geteuid() != 0) return test::skip("needs root");
  test::temp_dir const jail;
  test::php_fpm const server(
      {.pools = {{.name = "jailed", .max_children = 1, .lines = {"chroot = " + jail.path(), "chdir = /"}},
                 {.name = "other", .max_children = 1, .lines = {"user = nobody", "group = nogroup"}}}});
  fpm::master const found = find_with_workers(server, 2);
  CHECK(pool_of(found, "jailed").config.at("chroot").value == jail.path());
  CHECK(pool_of(found, "jailed").reach == fpm::access::reachable);
  CHECK(pool_of(found, "other").workers[0].uid == 65534);
  CHECK(pool_of(found, "jailed").workers[0].uid != 65534);
}

TEST_CASE("a pool is found again after its master was reloaded") {
  test::php_fpm server;
  for (int i = 0; i < 5; ++i) {
    server.reload();
    CHECK(pool_of(find_with_workers(server, 2), "www").endpoint == server.endpoint());
  }
}

TEST_CASE("a master and its pool are found at every moment of a reload") {
  test::php_fpm server;
  std::atomic<bool> ended = false;
  std::thread reloading([&] {
    for (int i = 0; i < 20; ++i) server.reload();
    ended = true;
  });
  int looks = 0;
  int found = 0;
  while (!ended) {
    ++looks;
    auto const there = fpm::master_of(server.endpoint(), server.pid());
    found += there && there->pool && there->master.self.pid == server.pid() ? 1 : 0;
  }
  reloading.join();
  CHECK(looks > 0);
  CHECK(found == looks);
}

TEST_CASE("a variable in 'listen', which only php-fpm knew, does not hide the socket from root") {
  if (geteuid() != 0) return test::skip("needs root");
  test::temp_dir const directory;
  auto const php = test::find_php(test::php_fpm::version());
  if (!php) return test::skip("no php-fpm");
  std::string const config = directory / "fpm.conf";
  std::ofstream(config) << "[global]\nerror_log = " << directory / "log"
                        << "\ndaemonize = no\n[www]\nuser = nobody\ngroup = nogroup\n"
                        << "listen = ${WHERE}\npm = static\npm.max_children = 1\n";
  test::child_process const master =
      start({php->fpm, "-n", "-F", "-R", "-y", config}, *php, "WHERE=" + (directory / "var.sock"));
  std::optional<fastcgi::endpoint> where;
  for (int tries = 0; tries < 250 && !where; ++tries) {
    for (fpm::master const& found : fpm::find_masters()) {
      if (found.self.pid == master.pid() && found.pools.size() == 1) where = found.pools[0].endpoint;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  REQUIRE(where);
  CHECK(where->text() == directory / "var.sock");
}

TEST_CASE("a master with a mount namespace of its own is seen to be elsewhere, and reached where it is") {
  if (geteuid() != 0) return test::skip("needs root");
  auto const php = test::find_php(test::php_fpm::version());
  if (!php) return test::skip("no php-fpm");
  test::temp_dir const directory;
  std::string const config = directory / "fpm.conf";
  std::filesystem::create_directory(directory / "private");
  std::ofstream(config) << "[global]\nerror_log = " << directory / "log"
                        << "\ndaemonize = no\n[www]\nuser = nobody\ngroup = nogroup\n"
                        << "listen = " << directory / "private"
                        << "/www.sock\npm = static\npm.max_children = 1\n";
  std::string const command = "mount -t tmpfs none \"$0/private\" && exec \"$1\" -n -F -R -y \"$0/fpm.conf\"";
  test::child_process const master =
      start({"/usr/bin/unshare", "-m", "/bin/sh", "-c", command, directory.path(), php->fpm}, *php, "");
  std::optional<fpm::master> found;
  for (int tries = 0; tries < 250 && !found; ++tries) {
    for (fpm::master& one : fpm::find_masters()) {
      if (one.self.pid == master.pid() && one.pools.size() == 1 && one.pools[0].reach == fpm::access::reachable)
        found = one;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  REQUIRE(found);
  CHECK(found->elsewhere);
  CHECK(found->pools[0].endpoint->text() ==
        "/proc/" + std::to_string(master.pid()) + "/root" + (directory / "private/www.sock"));
  auto const peer = fastcgi::client(*found->pools[0].endpoint).connect().peer();
  REQUIRE(peer);
  CHECK(peer->pid == master.pid());
}
