#include "cli/targets/selection.hpp"

#include "machine_tree.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using cli::narrowing;

namespace {

fpm::pool pool_at(std::string name, std::string const& address, fpm::access reach = fpm::access::reachable) {
  fpm::pool pool;
  pool.name = std::move(name);
  pool.endpoint = fastcgi::endpoint::parse(address);
  pool.reach = reach;
  return pool;
}

fpm::master master_of(pid_t pid, std::string version, std::vector<fpm::pool> pools) {
  fpm::master master;
  master.self.pid = pid;
  master.version = std::move(version);
  master.pools = std::move(pools);
  return master;
}

std::vector<fpm::master> two_masters() {
  return {master_of(11, "7.4.33", {pool_at("www", "/run/7.4.sock")}),
          master_of(22, "8.2.36", {pool_at("www", "/run/8.2.sock"), pool_at("shop", "/run/shop.sock")})};
}

std::vector<std::string> texts(cli::target_selection const& chosen) {
  std::vector<std::string> out;
  for (auto const& target : chosen.targets) out.push_back(target.where.text());
  return out;
}

using list = std::vector<std::string>;
constexpr auto every = cli::target_policy::every;
constexpr auto one_found = cli::target_policy::one_found;
constexpr auto master = cli::target_scope::master;

error failure_of(std::vector<fpm::master> const& found, narrowing const& narrowed, cli::target_policy policy) {
  try {
    cli::select(found, narrowed, policy, master);
  } catch (error const& failed) {
    return failed;
  }
  FAIL("nothing was thrown");
  return {error_kind::usage, {}};
}

}  // namespace

TEST_CASE("a command on a master's caches takes one pool of each master") {
  CHECK(texts(cli::select(two_masters(), {}, every, master)) == list{"/run/7.4.sock", "/run/8.2.sock"});
}

TEST_CASE("a command on each pool takes every pool of every master") {
  CHECK(texts(cli::select(two_masters(), {}, every, cli::target_scope::pool)) ==
        list{"/run/7.4.sock", "/run/8.2.sock", "/run/shop.sock"});
}

TEST_CASE("of what runs only root's and the caller's are meant, and none of a container's") {
  auto found = two_masters();
  SECTION("a third user's") {
    found[0].self.uid = 4711;
  }
  SECTION("a container's") {
    found[0].contained = true;
  }
  CHECK(texts(cli::select(found, {}, every, master, 1000)) == list{"/run/8.2.sock"});
  CHECK(texts(cli::select(found, {}, one_found, master, 1000)) == list{"/run/8.2.sock"});
  CHECK(texts(cli::select(found, {true, {}, {}}, every, master, 1000)) == list{"/run/7.4.sock", "/run/8.2.sock"});
  CHECK(texts(cli::select(found, {false, {}, "7.4"}, every, master, 1000)) == list{"/run/7.4.sock"});
  CHECK(texts(cli::select(found, {false, "www", {}}, every, master, 1000)) == list{"/run/8.2.sock"});
  CHECK_FALSE(cli::why_not_meant(found[1], 1000));
  CHECK(cli::why_not_meant(found[0], 1000)->find("--fcgi=/run/7.4.sock") != std::string::npos);
}

TEST_CASE("where only others run, they are listed, and nothing is done") {
  auto found = two_masters();
  for (auto& each : found) each.self.uid = 4711;
  auto const command_kind = GENERATE(every, one_found);
  auto const failed = [&] {
    try {
      cli::select(found, {}, command_kind, master, 1000);
    } catch (error const& thrown) {
      return thrown;
    }
    return error(error_kind::unreachable, "");
  }();
  CHECK(failed.kind() == error_kind::usage);
  CHECK(failed.message().find("/run/7.4.sock") != std::string::npos);
  CHECK(texts(cli::select(found, {}, every, master, 4711)).size() == 2);
}

TEST_CASE("--php takes the masters of that version, with and without its dot") {
  auto const version = GENERATE(as<std::string>{}, "8.2", "82", "8.2.36", "8");
  CHECK(texts(cli::select(two_masters(), {false, {}, version}, every, master)) == list{"/run/8.2.sock"});
}

TEST_CASE("--pool takes that pool, where there is one") {
  CHECK(texts(cli::select(two_masters(), {false, "shop", {}}, every, master)) == list{"/run/shop.sock"});
}

TEST_CASE("a pool or version that does not run is a usage error that lists what does") {
  auto const wanted = GENERATE(values<narrowing>({{false, "blog", {}}, {false, {}, "8.4"}, {false, {}, "8.20"}}));
  auto const failed = failure_of(two_masters(), wanted, every);
  CHECK(failed.kind() == error_kind::usage);
  CHECK(failed.message().find("/run/shop.sock (pool shop, php-fpm 8.2.36 (master 22))") != std::string::npos);
}

TEST_CASE("a command that wants one php-fpm refuses two, and lists them") {
  auto const failed = failure_of(two_masters(), {}, one_found);
  CHECK(failed.kind() == error_kind::usage);
  CHECK(failed.message().find("/run/7.4.sock") != std::string::npos);
  CHECK(failed.hint().find("--all") != std::string::npos);
}

TEST_CASE("--all lets such a command work on all") {
  CHECK(cli::select(two_masters(), {true, {}, {}}, one_found, master).targets.size() == 2);
}

TEST_CASE("--all does not let a command work on all that must work on one") {
  CHECK(failure_of(two_masters(), {true, {}, {}}, cli::target_policy::exactly_one).kind() == error_kind::usage);
}

TEST_CASE("a pool that cannot be reached is passed over for another of its master") {
  auto const found = std::vector{
      master_of(11, "8.2", {pool_at("www", "/run/a.sock", fpm::access::forbidden), pool_at("shop", "/run/b.sock")})};
  auto const chosen = cli::select(found, {}, every, master);
  CHECK(texts(chosen) == list{"/run/b.sock"});
  CHECK(chosen.missing.empty());
}

TEST_CASE("a master none of whose pools can be reached is missing, with the reason") {
  auto const found = std::vector{master_of(11, "8.2", {pool_at("www", "/run/a.sock", fpm::access::forbidden)})};
  auto const chosen = cli::select(found, {}, every, master);
  CHECK(chosen.targets.empty());
  REQUIRE(chosen.missing.size() == 1);
  CHECK(chosen.missing.front().why.kind() == error_kind::forbidden);
}

TEST_CASE("a pool with OPcache switched off is taken only if there is no other") {
  auto off = pool_at("www", "/run/off.sock");
  off.config["php_admin_value[opcache.enable]"] = {"0", "www.conf", 3};
  auto const found = std::vector{master_of(11, "8.2", {off, pool_at("shop", "/run/on.sock")})};
  CHECK(texts(cli::select(found, {}, every, master)) == list{"/run/on.sock"});
  CHECK(texts(cli::select({master_of(11, "8.2", {off})}, {}, every, master)) == list{"/run/off.sock"});
}

TEST_CASE("a socket that a php-fpm left behind counts only if nothing runs") {
  test::temp_dir const directory;
  auto const left_behind = test::listening_socket(directory / "old.sock", false);
  auto const stale = master_of(0, "", {pool_at("", directory / "old.sock", fpm::access::stale)});
  auto found = two_masters();
  found.insert(found.begin(), stale);
  CHECK(cli::select(found, {}, every, master).missing.empty());
  auto const alone = cli::select({stale}, {}, every, master);
  REQUIRE(alone.missing.size() == 1);
  CHECK(alone.missing.front().why.kind() == error_kind::stale);
}

TEST_CASE("a command on the whole master has all its pools, and knows which cannot be reached") {
  auto const found = std::vector{master_of(
      11, "8.2",
      {pool_at("a", "/run/a.sock"), pool_at("b", "/run/b.sock", fpm::access::forbidden), pool_at("c", "/run/c.sock")})};
  auto const chosen = cli::select(found, {false, "c", {}}, every, cli::target_scope::whole_master);
  REQUIRE(texts(chosen) == list{"/run/c.sock"});
  REQUIRE(chosen.targets.front().others.size() == 1);
  CHECK(chosen.targets.front().others.front().text() == "/run/a.sock");
  REQUIRE(chosen.targets.front().out_of_reach.size() == 1);
  CHECK(chosen.targets.front().out_of_reach.front().pool == "b");
}
