// deploy:finish without a link follows every link that was switched since php-fpm last looked.

#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;
namespace fs = std::filesystem;

namespace {

program_result finish_all(php_fpm const& server, std::vector<std::string> more = {}) {
  more.insert(more.begin(), "deploy:finish");
  return call(server, more);
}

// A site whose release before lies in no directory beside the present one, and that was switched a moment ago.
struct moved_in {
  explicit moved_in(php_fpm const& server) {
    std::string const moved = pages.copy("2", before / "2");
    pages.build("2", "new");
    fs::remove(pages.current());
    fs::create_symlink(moved, pages.current());
    CHECK(visits(server, pages) == texts{"2 2 2"});
    pages.link("2");
    CHECK(call(server, {"stat:clear"}).exit_code == 0);
  }

  site pages{{"2"}};
  temp_dir before;
};

}  // namespace

TEST_CASE("deploy:finish without a link follows each that was switched, and says which") {
  php_fpm const server{options_for(3, GENERATE(false, true))};
  site const one;
  site const other;
  site const untouched;
  for (site const* each : {&one, &other, &untouched}) CHECK(visits(server, *each) == texts{"1 1 1"});
  one.link("2");
  other.link("2");
  auto const output = finish_all(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  for (site const* each : {&one, &other}) {
    CHECK(contains(output.out, each->current() + ": " + each->release("2") + " is served: 3/3 workers cleared"));
    CHECK(visits(server, *each) == texts{"2 2 2"});
  }
  CHECK_FALSE(contains(output.out, untouched.current()));
  CHECK(restarts(server) == 0);
}

TEST_CASE("deploy:finish without a link, where none was switched, has looked and has nothing to do") {
  php_fpm const server{options_for(3)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  auto const before = misses(server);
  auto const output = finish_all(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "nothing to do: no link was switched; 3 workers asked"));
  CHECK(visits(server, pages) == texts{"1 1 1"});
  CHECK(misses(server) - before <= 8);  // the calls themselves
}

TEST_CASE("as data, deploy:finish without a link tells of each link what it tells of the one that is named") {
  php_fpm const server{options_for(2)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  auto const output = finish_all(server, {"--format=json"});
  INFO(output.out << output.err);
  auto const result = nlohmann::json::parse(output.out)["targets"][0]["result"];
  CHECK(result["outcome"] == "followed");
  CHECK(result["workers"] == 2);
  CHECK(result["reset"].is_null());
  REQUIRE(result["links"].size() == 1);
  auto const& link = result["links"][0];
  CHECK(link["path"] == pages.current());
  CHECK(link["leads_to"] == pages.release("2"));
  CHECK(link["before"] == nlohmann::json::array({pages.release("1")}));
  CHECK(link["finished"]["live"] == pages.release("2"));
  CHECK(link["finished"]["pools"][0]["cleared"] == 2);
  pages.link("1");
  CHECK(contains(finish_all(server, {"--format=csv"}).out,
                 "," + pages.current() + ",www," + pages.release("1") + ",2,2,"));
  auto const again = nlohmann::json::parse(finish_all(server, {"--format=json"}).out)["targets"][0]["result"];
  CHECK(again["outcome"] == "nothing_to_do");
}

TEST_CASE("deploy:finish without a link falls back to a reset where a worker cannot be asked, and --no-fallback to 4") {
  auto options = options_for(2);
  options.pools.front().lines = {"php_admin_value[disable_functions] = getmypid"};
  php_fpm const server{options};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  auto const refused = finish_all(server, {"--no-fallback"});
  CHECK(refused.exit_code == 4);
  CHECK(visits(server, pages) == texts{"1 1 1"});
  auto const output = finish_all(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "OPcache reset, confirmed"));
  CHECK(contains(output.out, "nobody tells which workers the pool www has"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("OPcache is reset, with the reason, where a pool of the same master that nobody named may know the link") {
  if (!is_root()) return skip("needs root");
  auto options = options_for(2);
  options.pools.front().listen = "127.0.0.1:0";
  bool const may_look = GENERATE(true, false);
  if (!may_look) options.pools.front().lines = {"php_admin_value[open_basedir] = /tmp:/dev/shm:/run/cachetool"};
  options.pools.push_back({.name = "other", .max_children = 2});
  php_fpm const server{options};
  fs::permissions(server.directory() + "/fpm.conf", fs::perms::owner_read);  // or it would name the pools
  site const pages;
  CHECK(visits(server, pages, 12, "other") == texts{"1 1 1"});
  pages.link("2");
  std::string const why = may_look ? "this php-fpm has 2 pools, and only 1 of them could be asked"
                                   : "nobody tells which pools this php-fpm has";
  auto const refused = call(server, {"opcache:reset", "--graceful", "--no-fallback"}, as_nobody());
  CHECK(refused.exit_code == 4);
  CHECK(contains(refused.err, why));
  auto const output = call(server, {"deploy:finish"}, as_nobody());
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, why));
  CHECK(visits(server, pages, 12, "other") == texts{"2 2 2"});
}

TEST_CASE("--old without a link is an error of usage") {
  php_fpm const server{options_for(1)};
  auto const output = finish_all(server, {"--old=/srv/site/releases/1"});
  CHECK(output.exit_code == 2);
  CHECK(contains(output.err, "--old belongs to a link"));
}

TEST_CASE("deploy:finish without a link looks at every php-fpm that is found, and acts on the one that has to follow") {
  std::string const name = "cachetool-finish-" + std::to_string(getpid());
  auto options = options_for(2);
  options.pools.front().name = name;
  php_fpm const server{options};
  php_fpm const foreign{options};
  site const pages;
  CHECK(visits(server, pages, 12, name) == texts{"1 1 1"});
  pages.link("2");
  auto const output = run_program({"deploy:finish", "--pool=" + name});
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, pages.current() + ": " + pages.release("2") + " is served"));
  CHECK(contains(output.out, "nothing to do: no link was switched"));
  CHECK(visits(server, pages, 12, name) == texts{"2 2 2"});
}

TEST_CASE("deploy:finish with the link finds the release before by the names that lead there, wherever it lies") {
  php_fpm const server{options_for(3)};
  moved_in const there(server);
  auto const output = finish(server, there.pages);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "2 names moved from the previous release"));
  CHECK(restarts(server) == 0);
  CHECK(visits(server, there.pages) == texts{"new new new"});
}

TEST_CASE("deploy:switch, too, moves the names that somebody has left behind who switched the link by hand") {
  php_fpm const server{options_for(3)};
  moved_in there(server);
  there.pages.build("3");
  auto const output = switch_to(server, there.pages, "3");
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(restarts(server) == 0);
  CHECK(visits(server, there.pages) == texts{"3 3 3"});
}

TEST_CASE("deploy:finish with the link resets OPcache where nobody tells where names lead, and nothing lies beside") {
  auto options = options_for(3);
  options.pools.front().lines.push_back("php_admin_value[opcache.validate_timestamps] = 1");
  php_fpm const server{options};
  moved_in const there(server);
  auto const output = finish(server, there.pages);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "nobody tells where names below the link lead"));
  CHECK(restarts(server) == 1);
  CHECK(visits(server, there.pages) == texts{"new new new"});
}
