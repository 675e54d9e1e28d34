// opcache:reset --graceful: it is told nothing, and brings up to date what has changed.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "fpm_calls.hpp"
#include "json_result.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

program_result graceful(php_fpm const& server, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"opcache:reset", "--graceful"});
  return call(server, more);
}

void check_without_restart(php_fpm const& server, program_result const& output) {
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(restarts(server) == 0);
}

}  // namespace

TEST_CASE("a link that was switched is followed, in every worker, without a restart") {
  bool const validates = GENERATE(false, true);
  php_fpm const server{options_for(4, validates)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  auto const output = graceful(server);
  check_without_restart(server, output);
  CHECK(contains(output.out, "1 link followed"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("what the link leads to is compiled before anybody asks for it") {
  php_fpm const server{options_for(4)};
  site const pages;
  visits(server, pages);
  pages.link("2");
  check_without_restart(server, graceful(server));
  auto const before = misses(server);
  visits(server, pages);
  CHECK(misses(server) - before <= 1);  // of the script that tells
}

TEST_CASE("where nothing has changed there is nothing to do, and nothing is wasted") {
  php_fpm const server{options_for(3, true)};
  site const pages;
  visits(server, pages);
  auto const before = wasted(server);
  auto const output = graceful(server);
  check_without_restart(server, output);
  CHECK(contains(output.out, "nothing to do"));
  CHECK(wasted(server) == before);
}

namespace {

void check_left_as_it_is(php_fpm const& server, site const& pages, program_options const& who) {
  visits(server, pages);
  for (std::string const name : {"2", "1", "2"}) {
    pages.link(name);
    if (who.user) REQUIRE(lchown(pages.current().c_str(), *who.user, gid_t(-1)) == 0);
    check_without_restart(server, call(server, {"opcache:reset", "--graceful"}, who));
    visits(server, pages);
  }
  auto const before = wasted(server);
  auto const output = call(server, {"opcache:reset", "--graceful"}, who);
  INFO(output.out << output.err);
  CHECK(contains(output.out, "nothing to do"));
  CHECK(wasted(server) == before);
}

}  // namespace

TEST_CASE("once a link was followed the release before is left as it is, and what the link leads to is known") {
  php_fpm const server{options_for(3, true)};
  check_left_as_it_is(server, site(), {});
}

TEST_CASE("that is so for a deploy user where PHP looks at no timestamps, by what he keeps beside the link") {
  if (!is_root()) return skip("needs root");
  php_fpm const server{options_for(3, false)};
  site const pages;
  auto const nobody = as_nobody();
  REQUIRE(chown(pages.directory().c_str(), *nobody.user, gid_t(-1)) == 0);
  for (auto const& each : fs::recursive_directory_iterator(pages.directory())) {
    REQUIRE(lchown(each.path().c_str(), *nobody.user, gid_t(-1)) == 0);
  }
  check_left_as_it_is(server, pages, nobody);
}

TEST_CASE("as root, release after release wastes nothing of what visitors bring, and a rollback compiles nothing") {
  if (!is_root()) return skip("needs root");
  auto options = options_for(2);
  options.pools.front().listen = GENERATE("", "127.0.0.1:0");
  php_fpm const server{options};
  site pages({"1"});
  std::string large = "<?php ";
  for (int i = 0; i < 300; ++i) large += "function f" + std::to_string(i) + "($a) { return $a + 1; } ";
  auto const upload = [&](std::string const& name) {
    pages.build(name);
    pages.write(name, "large.php", large);
    pages.write(name, "rel.php", "<?php require __DIR__ . '/large.php'; $GLOBALS['rel'] = '" + name + "';");
  };
  auto const go_live = [&](std::string const& name) {
    pages.link(name);
    auto const output = graceful(server, {"--format=json"});
    check_without_restart(server, output);
    CHECK(visits(server, pages) == texts{name + " " + name + " " + name});
    return result_of(output);
  };
  upload("1");
  go_live("1");
  go_live("1");  // by now it knows what visitors have brought
  auto const before = wasted(server);
  for (std::string const name : {"2", "3", "4"}) {
    upload(name);
    CHECK(go_live(name)["refreshed"] == 0);
  }
  auto const back = go_live("3");
  CHECK(back["refreshed"] == 0);
  CHECK(back["compiled"] == 4);  // the two names below the link, and what they had led to
  CHECK(contains(graceful(server).out, "nothing to do"));
  CHECK(wasted(server) - before < 60'000);  // what names led to; one large.php alone takes more
  std::ofstream(pages.release("3") + "/rel.php") << "<?php $GLOBALS['rel'] = 'changed';";
  CHECK(contains(graceful(server).out, "1 refreshed"));
  CHECK(visits(server, pages) == texts{"3 3 changed"});
}

TEST_CASE("root keeps nothing beside a link that a pool named") {
  if (!is_root()) return skip("needs root");
  php_fpm const server{options_for(2)};
  site const pages;
  visits(server, pages);
  pages.link("2");
  check_without_restart(server, graceful(server));
  CHECK_FALSE(fs::exists(pages.directory() + "/.current.cachetool"));
}

TEST_CASE(
    "names that lead to the release before are found where the workers have forgotten it and the next one is warm") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  CHECK(call(server, {"deploy:warm", pages.release("2")}).exit_code == 0);
  pages.link("2");
  CHECK(call(server, {"stat:clear"}).exit_code == 0);
  CHECK(visits(server, pages) != texts{"2 2 2"});
  check_without_restart(server, graceful(server));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("workers that were born after the switch remember nothing, and the link is found all the same") {
  auto options = options_for(2);
  options.pools.front().pm = "ondemand";
  options.pools.front().lines.push_back("pm.process_idle_timeout = 1s");
  php_fpm const server{options};
  site const pages;
  visits(server, pages);
  std::this_thread::sleep_for(3s);
  pages.link("2");
  auto const output = graceful(server);
  check_without_restart(server, output);
  CHECK(contains(output.out, "1 link followed"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("code that was changed in place is refreshed, and what is gone is forgotten") {
  bool const validates = GENERATE(false, true);
  auto options = options_for(3, validates);
  options.ini["opcache.revalidate_freq"] = "600";
  php_fpm const server{options};
  site pages;
  visits(server, pages);
  auto const gone = server.write_script("gone.php", "<?php echo 'gone';");
  static_cast<void>(run_script(server, gone));
  std::this_thread::sleep_for(1100ms);  // the times of files are compared with that of caching, in seconds
  std::ofstream(pages.release("1") + "/rel.php") << "<?php $GLOBALS['rel'] = 'changed';";
  fs::remove(gone);
  auto const output = graceful(server, {"--format=json"});
  check_without_restart(server, output);
  auto const result = result_of(output);
  if (validates) CHECK(result["refreshed"] == 1);
  if (php_fpm::version() >= "8.2") CHECK(result["forgotten"] == 1);  // before, PHP keeps such a script until a reset
  CHECK(result["links"].empty());
  CHECK(visits(server, pages) == texts{"1 1 changed"});
}

TEST_CASE("a link to a directory below the link is followed with it") {
  php_fpm const server{options_for(3)};
  site pages;
  for (std::string const name : {"1", "2", "3"}) {
    pages.write(name, "lib.php", "<?php echo 'public " + name + "';");
    pages.write(name, "public/index.php", "<?php require __DIR__ . '/../lib.php';");
  }
  std::string const root = pages.directory() + "/web/html";
  fs::create_directories(fs::path(root).parent_path());
  fs::create_symlink(pages.current() + "/public", root);
  auto const visit_root = [&] { return run_script(server, root + "/index.php").body; };
  for (int i = 0; i < 12; ++i) CHECK(visit_root() == "public 1");
  pages.link("2");
  auto const output = graceful(server);
  check_without_restart(server, output);
  for (int i = 0; i < 12; ++i) CHECK(visit_root() == "public 2");
  pages.link("3");
  auto const again = result_of(graceful(server, {"--format=json"}));
  if (is_root()) CHECK(again["refreshed"] == 0);  // what lies beside public/ is known, too
  for (int i = 0; i < 12; ++i) CHECK(visit_root() == "public 3");
}

TEST_CASE("a relative link, and releases that are not beside it, are followed") {
  php_fpm const server{options_for(3)};
  site pages;
  fs::create_directories(pages.directory() + "/elsewhere/new");
  fs::copy(pages.release("2"), pages.directory() + "/elsewhere/new", fs::copy_options::recursive);
  visits(server, pages);
  fs::remove(pages.current());
  fs::create_symlink("elsewhere/new", pages.current());
  check_without_restart(server, graceful(server));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("a link that was switched twice, and back, leads where it led") {
  php_fpm const server{options_for(3)};
  site const pages({"1", "2", "3"});
  visits(server, pages);
  pages.link("2");
  pages.link("3");
  check_without_restart(server, graceful(server));
  CHECK(visits(server, pages) == texts{"3 3 3"});
  pages.link("1");
  check_without_restart(server, graceful(server));
  CHECK(visits(server, pages) == texts{"1 1 1"});
}

TEST_CASE("of several sites only the one whose link was switched is touched") {
  php_fpm const server{options_for(4)};
  std::vector<std::unique_ptr<site>> sites;
  for (int i = 0; i < 10; ++i) sites.push_back(std::make_unique<site>());
  for (auto const& each : sites) CHECK(visits(server, *each, 6) == texts{"1 1 1"});
  sites[4]->link("2");
  auto const result = result_of(graceful(server, {"--format=json"}));
  REQUIRE(result["links"].size() == 1);
  CHECK(result["links"][0]["path"] == sites[4]->current());
  CHECK(restarts(server) == 0);
  auto const before = misses(server);
  for (std::size_t i = 0; i < sites.size(); ++i) {
    CHECK(visits(server, *sites[i], 6) == texts{i == 4 ? "2 2 2" : "1 1 1"});
  }
  CHECK(misses(server) - before <= 1);
}

TEST_CASE("pools of several users under one master all follow the link") {
  if (!is_root()) return skip("needs root");
  auto options = options_for(2);
  options.pools.push_back({.name = "other", .max_children = 2, .lines = {"user = nobody", "group = nogroup"}});
  php_fpm const server{options};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  CHECK(visits(server, pages, 12, "other") == texts{"1 1 1"});
  pages.link("2");
  check_without_restart(server, graceful(server));
  CHECK(visits(server, pages) == texts{"2 2 2"});
  CHECK(visits(server, pages, 12, "other") == texts{"2 2 2"});
}

TEST_CASE("where it cannot be sure OPcache is reset, confirmed, with the reason on standard error") {
  auto options = options_for(2);
  struct reason {
    std::string line;
    std::string said;
  };
  auto const each = GENERATE(reason{"php_admin_value[disable_functions] = getmypid", "which workers the pool www has"},
                             reason{"php_admin_value[disable_functions] = realpath_cache_get", "realpath_cache_get"},
                             reason{"php_admin_value[disable_functions] = opcache_invalidate", "opcache_invalidate"});
  options.pools.front().lines = {each.line};
  php_fpm const server{options};
  site const pages;
  visits(server, pages);
  pages.link("2");
  auto const output = graceful(server);
  INFO(each.line << output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "OPcache reset, confirmed"));
  CHECK(contains(output.err, each.said));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("--no-fallback ends with 4 instead, and has done nothing") {
  auto options = options_for(2);
  options.pools.front().lines = {"php_admin_value[disable_functions] = getmypid"};
  php_fpm const server{options};
  site const pages;
  visits(server, pages);
  pages.link("2");
  auto const output = graceful(server, {"--no-fallback"});
  CHECK(output.exit_code == 4);
  CHECK(restarts(server) == 0);
  CHECK(visits(server, pages) == texts{"1 1 1"});
}

TEST_CASE("a release whose files in use do not compile is told, and followed all the same") {
  php_fpm const server{options_for(2)};
  site pages;
  visits(server, pages);
  pages.write("2", "abs.php", "<?php this is no PHP");
  pages.link("2");
  auto const output = graceful(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "abs.php"));
}

TEST_CASE(
    "a hundred releases go live in a row, with memory for six, and what is wasted is given back when it is asked for") {
  auto options = options_for(2);
  php_fpm const server{options};
  site pages;
  visits(server, pages);
  for (int i = 2; i <= 12; ++i) {
    std::string const name = std::to_string(i);
    pages.build(name);
    pages.link(name);
    auto const output = graceful(server);
    INFO(output.out << output.err);
    CHECK(output.exit_code == 0);
    CHECK(visits(server, pages, 8) == texts{name + " " + name + " " + name});
  }
  CHECK(restarts(server) == 0);
  CHECK(contains(graceful(server, {"--if-wasted=0"}).out, "OPcache reset, confirmed"));
}

TEST_CASE("the config file makes every reset graceful, but not where --no-graceful, --wait or --safe says otherwise") {
  php_fpm const server{options_for(2)};
  site const pages;
  visits(server, pages);
  temp_dir const directory;
  std::string const file = directory / "cachetool.yml";
  std::ofstream(file) << "reset: graceful\n";
  std::string const config = "--config=" + file;
  CHECK(contains(call(server, {"opcache:reset", config}).out, "0 links followed"));
  CHECK(restarts(server) == 0);
  CHECK(contains(call(server, {"opcache:reset", config, "--no-graceful"}).out, "OPcache reset"));
  CHECK(restarts(server) == 1);
  CHECK(contains(call(server, {"opcache:reset", config, "--wait"}).out, "OPcache reset"));
  CHECK(restarts(server) == 2);
}

TEST_CASE("--graceful beside an option that is about a restart is an error of usage") {
  php_fpm const server{options_for(1)};
  for (std::string const other : {"--wait", "--safe", "--if-idle", "--no-graceful"}) {
    CHECK(graceful(server, {other}).exit_code == 2);
  }
}

TEST_CASE("a link that vanished takes a reset, once: names below it lead to what it led to; then it may come again") {
  php_fpm const server{options_for(2)};
  site const pages;
  visits(server, pages);
  fs::remove(pages.current());
  auto const output = graceful(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.err, pages.current() + " leads nowhere now, and led to " + pages.release("1")));
  pages.link("2");
  CHECK(graceful(server).exit_code == 0);
  CHECK(restarts(server) == 1);
  CHECK(visits(server, pages) == texts{"2 2 2"});
}
