// Which php-fpm and which of its pools a deployment is about.

#include <sys/stat.h>
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
using namespace std::chrono_literals;

namespace {

/// A pool of a name that no other php-fpm of this machine has.
fpm_options own_pool(std::string const& name) {
  auto options = options_for(3);
  options.pools.front().name = name;
  return options;
}

}  // namespace

TEST_CASE("a pool that cannot see the site is no reason for a reset") {
  if (!is_root()) return skip("needs root");
  auto options = options_for(2);
  options.pools.push_back({.name = "stranger", .max_children = 2, .lines = {"user = nobody", "group = nogroup"}});
  php_fpm const server{options};
  site const pages;
  chmod(pages.directory().c_str(), 0700);
  REQUIRE(chown(pages.directory().c_str(), pool_user(), gid_t(-1)) == 0);
  CHECK(visits(server, pages) == texts{"1 1 1"});
  auto const result = switch_to(server, pages, "2");
  INFO(result.err);
  CHECK(contains(result.out, "4/4 workers of 2 pools cleared"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("a pool that does not tell its workers' pids is not moved, but reset") {
  auto options = options_for(3);
  options.pools.front().lines = {"php_admin_value[disable_functions] = getmypid"};
  php_fpm const server{options};
  site const pages;
  visits(server, pages);
  auto const result = switch_to(server, pages, "2");
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "nobody tells which workers the pool www has"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("of several php-fpm that are found only those that serve the site are meant, and -v names the others") {
  std::string const name = "cachetool-deploy-" + std::to_string(getpid());
  php_fpm const server{own_pool(name)};
  php_fpm const foreign{own_pool(name)};
  site const pages;
  pages.link("1");
  auto const cached = [&](php_fpm const& of) {
    auto const script = of.write_script("count.php", "<?php echo count(opcache_get_status()['scripts']);");
    return run_script(of, script, name).body;
  };
  SECTION("those that have cached its scripts") {
    visits(server, pages, 12, name);
    auto const before = cached(foreign);
    auto const warmed = run_program({"deploy:warm", pages.release("2"), "--pool=" + name, "-v"});
    CHECK(warmed.exit_code == 0);
    CHECK(contains(warmed.err, "left alone, because they do not serve"));
    auto const result = run_program({"deploy:switch", pages.current(), pages.release("2"), "--pool=" + name, "-v"});
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, server.endpoint(name).text()));
    CHECK_FALSE(contains(result.out, foreign.endpoint(name).text()));
    CHECK(contains(result.err,
                   "left alone, because they do not serve " + pages.current() + ": " + foreign.endpoint(name).text()));
    CHECK(visits(server, pages, 12, name) == texts{"2 2 2"});
    CHECK(cached(foreign) == before);
    auto const finished = run_program({"deploy:finish", pages.current(), "--pool=" + name});
    CHECK(finished.exit_code == 0);
    CHECK_FALSE(contains(finished.out, foreign.endpoint(name).text()));
  }
  SECTION("none: they are listed, and nothing is done") {
    auto const result = run_program({"deploy:switch", pages.current(), pages.release("2"), "--pool=" + name});
    CHECK(result.exit_code == 2);
    CHECK(contains(result.err, server.endpoint(name).text()));
    CHECK(contains(result.err, foreign.endpoint(name).text()));
    CHECK(std::filesystem::read_symlink(pages.current()) == pages.release("1"));
  }
}

TEST_CASE("a php-fpm whose configuration names the site serves it, though nothing is cached yet") {
  if (!is_root()) return skip("needs root");
  std::string const name = "cachetool-deploy-" + std::to_string(getpid());
  site const pages;
  pages.link("1");
  auto options = own_pool(name);
  php_fpm const foreign{options};
  options.pools.front().lines.push_back("php_admin_value[open_basedir] = /tmp:" + pages.current() + "/");
  php_fpm const server{options};
  auto const result = run_program({"deploy:switch", pages.current(), pages.release("2"), "--pool=" + name});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, server.endpoint(name).text()));
  CHECK_FALSE(contains(result.out, foreign.endpoint(name).text()));
}

TEST_CASE("a php-fpm whose names below the link lead to a release in another place serves the site") {
  std::string const name = "cachetool-deploy-" + std::to_string(getpid());
  php_fpm const server{own_pool(name)};
  php_fpm const foreign{own_pool(name)};
  site const pages;
  temp_dir const before;
  fs::remove(pages.current());
  fs::create_symlink(pages.copy("1", before / "1"), pages.current());
  CHECK(visits(server, pages, 12, name) == texts{"1 1 1"});
  CHECK(run_program(arguments_for(server, {"stat:clear"}, name)).exit_code == 0);
  pages.link("2");
  auto const result = run_program({"deploy:finish", pages.current(), "--pool=" + name, "-v"});
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, server.endpoint(name).text()));
  CHECK_FALSE(contains(result.out, foreign.endpoint(name).text()));
  CHECK(visits(server, pages, 12, name) == texts{"2 2 2"});
}

TEST_CASE("a php-fpm whose workers remember the link serves the site, though it has cached nothing of it") {
  std::string const name = "cachetool-deploy-" + std::to_string(getpid());
  php_fpm const server{own_pool(name)};
  php_fpm const foreign{own_pool(name)};
  site const pages;
  pages.link("1");
  auto const script = server.write_script("look.php", "<?php echo realpath('" + pages.current() + "/index.php');");
  CHECK(run_script(server, script, name).body == pages.release("1") + "/index.php");
  auto const result = run_program({"deploy:switch", pages.current(), pages.release("2"), "--pool=" + name, "-v"});
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, server.endpoint(name).text()));
  CHECK(contains(result.err,
                 "left alone, because they do not serve " + pages.current() + ": " + foreign.endpoint(name).text()));
}

namespace {

/// Has all of OPcache emptied, as somebody else does it.
void empty_cache(php_fpm const& server, std::string const& pool) {
  auto const script = server.write_script("empty.php", "<?php opcache_reset();");
  run_script(server, script, pool);
  auto const after = server.write_script(
      "after.php", "<?php $s = opcache_get_status(false); echo $s['opcache_statistics']['manual_restarts'];");
  REQUIRE(run_script(server, after, pool).body == "1");
}

}  // namespace

TEST_CASE(
    "a php-fpm whose cache was emptied has forgotten the link too, and serves what that leads to without being asked") {
  std::string const name = "cachetool-deploy-" + std::to_string(getpid());
  php_fpm const one{own_pool(name)};
  php_fpm const other{own_pool(name)};
  site const pages;
  pages.link("1");
  visits(one, pages, 12, name);
  visits(other, pages, 12, name);
  empty_cache(other, name);
  auto const result = run_program({"deploy:switch", pages.current(), pages.release("2"), "--pool=" + name});
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK_FALSE(contains(result.out, other.endpoint(name).text()));
  CHECK(visits(one, pages, 12, name) == texts{"2 2 2"});
  CHECK(visits(other, pages, 12, name) == texts{"2 2 2"});
}

TEST_CASE("a php-fpm that has cached nothing, because its OPcache is full, serves the site that its workers remember") {
  std::string const name = "cachetool-deploy-" + std::to_string(getpid());
  auto options = own_pool(name);
  options.ini["opcache.max_accelerated_files"] = "200";
  php_fpm const full{options};
  php_fpm const foreign{options};
  for (php_fpm const* const each : {&full, &foreign}) {
    for (int i = 0; i < 230; ++i) {
      run_script(*each, each->write_script("filler" + std::to_string(i) + ".php", "<?php return 1;"), name);
    }
  }
  site const pages;
  pages.link("1");
  visits(full, pages, 12, name);
  pages.link("2");
  for (int round = 0; round < 2; ++round) {  // what a look leaves behind is no memory
    auto const result = run_program({"deploy:finish", pages.current(), "--pool=" + name});
    INFO(result.out << result.err);
    CHECK_FALSE(contains(result.out, foreign.endpoint(name).text()));
    if (round == 0) CHECK(contains(result.out, full.endpoint(name).text()));
  }
  CHECK(visits(full, pages, 12, name) == texts{"2 2 2"});
}

TEST_CASE("a php-fpm that may not tell what is cached serves the site that its workers remember") {
  std::string const name = "cachetool-deploy-" + std::to_string(getpid());
  auto options = own_pool(name);
  options.pools.front().lines.emplace_back("php_admin_value[disable_functions] = opcache_get_status");
  php_fpm const blind{options};
  php_fpm const foreign{options};
  site const pages;
  pages.link("1");
  visits(blind, pages, 12, name);
  pages.link("2");
  auto const result = run_program({"deploy:finish", pages.current(), "--pool=" + name});
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, blind.endpoint(name).text()));
  CHECK_FALSE(contains(result.out, foreign.endpoint(name).text()));
  CHECK(visits(blind, pages, 12, name) == texts{"2 2 2"});
}

TEST_CASE("a php-fpm of which nobody tells whether it serves the site is left alone with a warning that names it") {
  std::string const name = "cachetool-deploy-" + std::to_string(getpid());
  php_fpm const server{own_pool(name)};
  auto options = own_pool(name);
  options.pools.front().lines.emplace_back(
      "php_admin_value[disable_functions] = opcache_get_status,realpath_cache_get");
  php_fpm const mute{options};
  site const pages;
  pages.link("1");
  visits(server, pages, 12, name);
  auto const result = run_program({"deploy:switch", pages.current(), pages.release("2"), "--pool=" + name});
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.err, "left alone, though nobody tells whether they serve " + pages.current() + ": " +
                                 mute.endpoint(name).text()));
  CHECK(visits(server, pages, 12, name) == texts{"2 2 2"});
}

TEST_CASE("a php-fpm that cannot tell where names lead, and remembers no link, does not serve the site") {
  std::string const name = "cachetool-deploy-" + std::to_string(getpid());
  php_fpm const server{own_pool(name)};
  auto options = own_pool(name);
  options.pools.front().lines.emplace_back("php_admin_value[opcache.validate_timestamps] = 1");
  php_fpm const foreign{options};
  site const pages;
  visits(server, pages, 12, name);
  pages.link("2");
  auto const result = run_program({"deploy:finish", pages.current(), "--pool=" + name});
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, server.endpoint(name).text()));
  CHECK_FALSE(contains(result.out, foreign.endpoint(name).text()));
  CHECK(visits(server, pages, 12, name) == texts{"2 2 2"});
}

TEST_CASE("a php-fpm serves the site also where the pool that is asked first has OPcache off") {
  std::string const name = "cachetool-deploy-" + std::to_string(getpid());
  auto options = own_pool(name);
  options.pools.front().lines.emplace_back("php_admin_value[opcache.enable] = 0");
  options.pools.push_back({.name = "zz-" + name, .max_children = 2});
  php_fpm const server{options};
  php_fpm const foreign{options};
  site const pages;
  pages.link("1");
  visits(server, pages, 12, "zz-" + name);
  pages.link("2");
  auto const result = run_program({"deploy:finish", pages.current(), "--pool=" + name});
  INFO(result.out << result.err);
  CHECK(contains(result.out, server.endpoint(name).text()));
  CHECK_FALSE(contains(result.out, foreign.endpoint(name).text()));
}

TEST_CASE("every pool of the master is cleared, whatever pool was named") {
  if (!is_root()) return skip("needs root");
  auto options = options_for(2);
  options.pools.push_back({.name = "shop", .max_children = 2});
  php_fpm const server{options};
  site const pages;
  visits(server, pages);
  visits(server, pages, 12, "shop");
  pages.link("2");
  auto const result = finish(server, pages);
  CHECK(contains(result.out, "4/4 workers of 2 pools cleared"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
  CHECK(visits(server, pages, 12, "shop") == texts{"2 2 2"});
}

TEST_CASE("a pool of the master that the caller may not reach: OPcache is reset instead") {
  if (!is_root()) return skip("needs root");
  auto options = options_for(2);
  options.pools.push_back(
      {.name = "closed", .lines = {"listen.owner = root", "listen.group = root", "listen.mode = 0600"}});
  php_fpm const server{options};
  site const pages;
  visits(server, pages);
  visits(server, pages, 12, "closed");
  pages.link("2");
  auto const result = run_program(arguments_for(server, {"deploy:finish", pages.current()}), as_pool_user());
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "OPcache reset, confirmed"));
  CHECK(contains(result.out, "closed"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
  CHECK(visits(server, pages, 12, "closed") == texts{"2 2 2"});
}
