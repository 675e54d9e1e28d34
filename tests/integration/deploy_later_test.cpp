// The second switch, and all that follow: an application of many files, releases that were live before.

#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int files = 60;

/// Releases whose page includes many files by __DIR__.
class application : public site {
 public:
  application() {
    for (auto const* name : {"1", "2"}) {
      for (int i = 0; i < files; ++i) {
        write(name, "src/" + std::to_string(i) + ".php", "<?php return '" + std::string(name) + "';");
      }
      write(name, "index.php",
            "<?php $all = []; for ($i = 0; $i < " + std::to_string(files) +
                "; ++$i) { $all[include __DIR__ . \"/src/$i.php\"] = 1; }\necho implode(' ', array_keys($all));");
    }
    std::this_thread::sleep_for(20ms);  // the file system's clock goes in steps
    link("1");
  }
};

/// An upload that touches the directories above all releases.
void upload_beside(site const& pages) {
  fs::create_directories(pages.directory() + "/releases/new/src");
  fs::remove_all(pages.directory() + "/releases/new");
}

std::int64_t keys(php_fpm const& server) {
  return cache_status(server)["opcache_statistics"]["num_cached_keys"].as_int();
}

}  // namespace

TEST_CASE("each later switch compiles nothing but the names that lead, whatever was uploaded beside it") {
  php_fpm const server{options_for(3, GENERATE(false, true))};
  application const pages;
  CHECK(visits(server, pages, 8) == texts{"1"});
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  auto const keys_before = keys(server);
  for (auto const* name : {"1", "2", "1", "2"}) {
    CAPTURE(name);
    upload_beside(pages);
    auto const misses_before = misses(server);
    auto const wasted_before = wasted(server);
    auto const result = switch_to(server, pages, name);
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "1 name moved"));
    CHECK(visits(server, pages, 8) == texts{name});
    CHECK(misses(server) - misses_before < 40);  // the agent's own calls are misses, too
    CHECK(wasted(server) - wasted_before < 32 * 1024);
  }
  CHECK(keys(server) <= keys_before + 2);
}

TEST_CASE("a file that was changed in a release that is not live is compiled anew when it is rolled back to") {
  php_fpm const server{options_for(3)};
  application pages;
  visits(server, pages, 8);
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  auto const file = pages.release("1") + "/src/7.php";
  auto const time = fs::last_write_time(file);
  pages.write("1", "src/7.php", "<?php return 'mended';");
  fs::last_write_time(file, time);
  REQUIRE(switch_to(server, pages, "1").exit_code == 0);
  CHECK(visits(server, pages, 8) == texts{"1 mended"});
}

TEST_CASE("a release that was replaced by another of its name is compiled anew") {
  php_fpm const server{options_for(3)};
  application pages;
  visits(server, pages, 8);
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  fs::rename(pages.release("1"), pages.release("1") + ".old");
  fs::create_directories(pages.release("1"));
  fs::rename(pages.release("1") + ".old/src", pages.release("1") + "/src");
  pages.write("1", "index.php", "<?php echo 'other ', include __DIR__ . '/src/0.php';");
  REQUIRE(switch_to(server, pages, "1").exit_code == 0);
  CHECK(visits(server, pages, 8) == texts{"other 1"});
}

TEST_CASE("a release that was forgotten and is warmed again gives OPcache no name that it did not know") {
  php_fpm const server{options_for(3)};
  application const pages;
  visits(server, pages, 8);
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  REQUIRE(call(server, {"opcache:prune", "--keep=" + pages.current()}).exit_code == 0);
  auto const before = keys(server);
  REQUIRE(call(server, {"deploy:warm", pages.release("1")}).exit_code == 0);
  CHECK(keys(server) <= before + 2);
  CHECK(visits(server, pages, 8) == texts{"2"});
  auto const result = switch_to(server, pages, "1");
  CHECK(contains(result.out, "1 name moved"));
  CHECK(visits(server, pages, 8) == texts{"1"});
}

TEST_CASE("a name that is dead, because the release behind it was invalidated, does not come to life by a warming") {
  php_fpm const server{options_for(3)};
  application const pages;
  visits(server, pages, 8);
  REQUIRE(call(server, {"deploy:warm", pages.release("2")}).exit_code == 0);
  pages.link("2");
  REQUIRE(call(server, {"stat:clear"}).exit_code == 0);
  REQUIRE(call(server, {"opcache:invalidate:scripts", "--force", "--path=" + pages.release("1")}).exit_code == 0);
  REQUIRE(call(server, {"deploy:warm", pages.release("1")}).exit_code == 0);
  CHECK(visits(server, pages) == texts{"2"});
}

TEST_CASE("templates that the releases share are current after a switch, and those that are gone are forgotten") {
  php_fpm const server{options_for(3)};
  application pages;
  auto const shared = pages.directory() + "/shared/views/";
  pages.write("../shared", "views/a.php", "<?php return 'first';");
  pages.write("../shared", "views/gone.php", "<?php return 'gone';");
  for (auto const* name : {"1", "2"}) {
    pages.write(name, "index.php", "<?php echo '" + std::string(name) + " ', include '" + shared + "a.php';");
  }
  visits(server, pages, 8);
  run_script(server, shared + "gone.php");
  CHECK(visits(server, pages, 8) == texts{"1 first"});
  auto const before = fs::last_write_time(shared + "a.php");
  pages.write("../shared", "views/a.php", "<?php return 'second';");
  fs::last_write_time(shared + "a.php", before);
  fs::remove(shared + "gone.php");
  auto const result = switch_to(server, pages, "2");
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(visits(server, pages, 8) == texts{"2 second"});
  CHECK(contains(result.out, "1 script outside of it refreshed"));
  CHECK((php_fpm::version() < "8.2" || contains(result.out, "1 script outside of it forgotten")));
  std::this_thread::sleep_for(20ms);
  auto const wasted_before = wasted(server);
  REQUIRE(switch_to(server, pages, "1").exit_code == 0);
  CHECK(visits(server, pages, 8) == texts{"1 second"});
  CHECK(wasted(server) - wasted_before < 32 * 1024);
}

TEST_CASE("a shared template that PHP would look at in a minute only is current when the switch is done") {
  auto options = options_for(3, true);
  options.ini["opcache.revalidate_freq"] = "60";
  php_fpm const server{options};
  application pages;
  auto const shared = pages.directory() + "/shared/views/a.php";
  pages.write("../shared", "views/a.php", "<?php return 'first';");
  for (auto const* name : {"1", "2"}) {
    pages.write(name, "index.php", "<?php echo '" + std::string(name) + " ', include '" + shared + "';");
  }
  REQUIRE(visits(server, pages, 8) == texts{"1 first"});
  pages.write("../shared", "views/a.php", "<?php return 'second';");
  fs::last_write_time(shared, fs::file_time_type::clock::now() - 30min);
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  CHECK(visits(server, pages, 8) == texts{"2 second"});
}

namespace {

/// A cache that holds one of the large releases, and not two.
fpm_options options_of_small_cache() {
  auto options = options_for(3);
  options.ini["opcache.memory_consumption"] = "8";
  options.ini["opcache.interned_strings_buffer"] = "1";
  return options;
}

void write_large_releases(application& pages) {
  std::string big = "<?php return function () { $a = [];";
  for (int i = 0; i < 24000; ++i) big += "$a[] = $b + " + std::to_string(i) + ";";
  big += "};";
  for (auto const* name : {"1", "2"}) {
    pages.write(name, "big.php", big);
    pages.write(name, "index.php", "<?php require __DIR__ . '/big.php'; echo '" + std::string(name) + "';");
  }
}

}  // namespace

TEST_CASE("where there is no room for the release it goes live all the same: OPcache is reset, and why is said") {
  php_fpm const server{options_of_small_cache()};
  application pages;
  write_large_releases(pages);
  REQUIRE(visits(server, pages, 8) == texts{"1"});
  SECTION("with a fallback") {
    auto const result = switch_to(server, pages, "2");
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "OPcache reset, confirmed"));
    CHECK(contains(result.out, "because OPcache has no room"));
    CHECK(visits(server, pages, 8) == texts{"2"});
  }
  SECTION("without one nothing is changed") {
    auto const result = switch_to(server, pages, "2", {"--no-fallback"});
    INFO(result.out << result.err);
    CHECK(result.exit_code == 4);
    CHECK(contains(result.err, "nothing was switched"));
    CHECK(fs::read_symlink(pages.current()) == pages.release("1"));
    CHECK(visits(server, pages, 8) == texts{"1"});
  }
}

TEST_CASE(
    "a first deployment, with nothing cached yet, goes live with more files than fit, and ones that do not compile") {
  auto options = options_for(3);
  options.ini["opcache.max_accelerated_files"] = "200";
  php_fpm const server{options};
  application pages;
  for (int i = 0; i < 600; ++i) pages.write("2", "more/" + std::to_string(i) + ".php", "<?php return 1;");
  pages.write("2", "broken.php", "<?php this is no PHP");
  pages.write("2", "script.php", "#!/usr/bin/env php\n<?php function main() {}");
  auto const result = switch_to(server, pages, "2");
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK_FALSE(cache_status(server)["cache_full"].as_bool());
  CHECK(visits(server, pages, 8) == texts{"2"});
}

TEST_CASE("preloaded code of the release before is named, and a reload is asked for") {
  if (is_root() && php_fpm::version() == "7.4") return skip("preloading as root needs a user");
  application pages;
  for (auto const* name : {"1", "2"}) pages.write(name, "helpers.php", "<?php function rel_helper() { return 1; }");
  auto options = options_for(2);
  options.ini["opcache.preload"] = pages.release("1") + "/helpers.php";
  options.ini["opcache.preload_user"] = "www-data";
  php_fpm const server{options};
  visits(server, pages, 8);
  auto const result = switch_to(server, pages, "2");
  INFO(result.out << result.err);
  CHECK(result.exit_code == 1);
  CHECK(fs::read_symlink(pages.current()) == pages.release("2"));
  CHECK(contains(result.err, pages.release("1") + "/helpers.php was preloaded"));
  CHECK(contains(result.err, "reload php-fpm"));
  CHECK_FALSE(contains(result.err, "Cannot redeclare"));
  CHECK(visits(server, pages, 8) == texts{"2"});
}

TEST_CASE("a release that is empty, or has none of the scripts that are in use, does not go live") {
  php_fpm const server{options_for(2)};
  application const pages;
  visits(server, pages, 8);
  fs::create_directories(pages.release("3"));
  auto const empty = switch_to(server, pages, "3");
  CHECK(empty.exit_code == 2);
  CHECK(contains(empty.err, "is empty"));
  fs::create_directories(pages.release("3") + "/var");
  auto const other = switch_to(server, pages, "3");
  CHECK(other.exit_code == 1);
  CHECK(contains(other.err, "has none of the"));
  CHECK(fs::read_symlink(pages.current()) == pages.release("1"));
  CHECK(visits(server, pages, 8) == texts{"1"});
}

TEST_CASE("two deployments at once: one waits for the other, and what is live at the end is served") {
  php_fpm const server{options_for(3)};
  application const pages;
  visits(server, pages, 8);
  program first(arguments_for(server, {"deploy:switch", pages.current(), pages.release("2")}));
  program second(arguments_for(server, {"deploy:switch", pages.current(), pages.release("2")}));
  CHECK(first.finish().exit_code == 0);
  CHECK(second.finish().exit_code == 0);
  CHECK(visits(server, pages) == texts{"2"});
}

TEST_CASE("a deployment that is overtaken by a link that was made by hand says so, and fails") {
  php_fpm const server{options_for(3)};
  application pages;
  pages.build("3");
  visits(server, pages, 8);
  for (auto const* name : {"2", "1"}) REQUIRE(switch_to(server, pages, name).exit_code == 0);
  long_request running(server, 3s);  // the finish waits for its worker
  program command(arguments_for(server, {"deploy:switch", pages.current(), pages.release("2")}));
  for (int i = 0; i < 3000 && fs::read_symlink(pages.current()) != pages.release("2"); ++i) {
    std::this_thread::sleep_for(1ms);
  }
  pages.link("3");
  auto const result = command.finish();
  INFO(result.out << result.err);
  CHECK(result.exit_code == 1);
  CHECK_FALSE(contains(result.out, pages.release("2") + " is served"));
  CHECK(contains(result.err, "has led " + pages.current() + " to " + pages.release("3")));
}

TEST_CASE("interrupted after the link has moved, it says where the link leads, and what is to be done") {
  php_fpm const server{options_for(3)};
  application const pages;
  visits(server, pages, 8);
  for (auto const* name : {"2", "1"}) REQUIRE(switch_to(server, pages, name).exit_code == 0);
  long_request running(server, 3s);
  program command(arguments_for(server, {"deploy:switch", pages.current(), pages.release("2")}));
  for (int i = 0; i < 3000 && fs::read_symlink(pages.current()) != pages.release("2"); ++i) {
    std::this_thread::sleep_for(1ms);
  }
  std::this_thread::sleep_for(50ms);
  command.signal(SIGTERM);
  auto const result = command.finish();
  CHECK(result.exit_code == 143);
  CHECK(contains(result.err, pages.current() + " leads to " + pages.release("2") + " already"));
  CHECK(contains(result.err, "cachetool deploy:finish " + pages.current()));
}

TEST_CASE("a class map in APCu that leads to the release before is seen: requests use old scripts when all was done") {
  auto options = options_for(3);
  options.ini["apc.enabled"] = "1";
  php_fpm const server{options};
  application pages;
  for (auto const* name : {"1", "2"}) {
    pages.write(name, "mapped.php", "<?php return 'mapped" + std::string(name) + "';");
    pages.write(name, "index.php",
                "<?php $map = apcu_fetch('map'); if (!$map) apcu_store('map', $map = __DIR__ . '/mapped.php'); echo '" +
                    std::string(name) + " ', include $map;");
  }
  REQUIRE(visits(server, pages, 8) == texts{"1 mapped1"});
  std::jthread visitor([&](std::stop_token const& stop) {
    while (!stop.stop_requested()) visit(server, pages);
  });
  auto const result = switch_to(server, pages, "2");
  visitor.request_stop();
  visitor.join();
  INFO(result.out << result.err);
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "1 script of the previous release is still used"));
  CHECK(contains(result.err, pages.release("1") + "/mapped.php"));
  CHECK(contains(result.err, "cachetool apcu:cache:clear"));
}

TEST_CASE(
    "a container that was generated anew under another name is compiled in the place of the old one, and counted") {
  php_fpm const server{options_for(3)};
  application pages;
  for (auto const* name : {"1", "2"}) {
    std::string const container = "var/cache/prod/Container" + std::string(name);
    for (int i = 0; i < 5; ++i) {
      pages.write(name, container + "/get" + std::to_string(i) + ".php", "<?php return " + std::to_string(i) + ";");
    }
    pages.write(name, "index.php",
                "<?php for ($i = 0; $i < 5; ++$i) include __DIR__ . \"/" + container + "/get$i.php\"; echo '" +
                    std::string(name) + "';");
  }
  REQUIRE(visits(server, pages, 8) == texts{"1"});
  auto const result = switch_to(server, pages, "2");
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "5 of 6 in use have no counterpart, 5 in their directories compiled"));
  auto const before = misses(server);
  CHECK(visits(server, pages, 8) == texts{"2"});
  CHECK(misses(server) == before);
}

TEST_CASE("files that compile alone, but not beside each other, leave nothing in the log of a site") {
  php_fpm const server{options_for(3)};
  application pages;
  for (auto const* name : {"1", "2"}) {
    for (auto const* file : {"a", "b"}) {
      pages.write(name, file + std::string(".php"),
                  "<?php function the_same() {} class TheSame extends ArrayObject {}");
    }
  }
  visits(server, pages, 8);
  for (auto const* file : {"a", "b"}) run_script(server, pages.release("1") + "/" + file + ".php");
  auto const result = switch_to(server, pages, "2");
  CHECK(result.exit_code == 0);
  CHECK_FALSE(contains(server.log(), "PHP Fatal error"));
}

TEST_CASE("a dry run of a switch says what it would do, and does nothing") {
  php_fpm const server{options_for(3)};
  application const pages;
  visits(server, pages, 8);
  auto const before = cache_status(server)["opcache_statistics"]["num_cached_scripts"].as_int();
  auto const first = switch_to(server, pages, "2", {"--dry-run"});
  INFO(first.out << first.err);
  CHECK(first.exit_code == 0);
  CHECK(contains(first.out, "61 scripts to compile, 0 ready, 1 name to move"));
  CHECK(fs::read_symlink(pages.current()) == pages.release("1"));
  CHECK(cache_status(server)["opcache_statistics"]["num_cached_scripts"].as_int() == before);
  CHECK_FALSE(fs::exists(pages.directory() + "/.current.cachetool"));
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  auto const back = switch_to(server, pages, "1", {"--dry-run", "--format=json"});
  INFO(back.out << back.err);
  CHECK(contains(back.out, "\"compile\":1,\"ready\":60,\"names\":1"));
  CHECK(visits(server, pages, 8) == texts{"2"});
}

TEST_CASE("a dry run foresees that there is no room, and what is done then") {
  php_fpm const server{options_of_small_cache()};
  application pages;
  write_large_releases(pages);
  visits(server, pages, 8);
  auto const result = switch_to(server, pages, "2", {"--dry-run"});
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "OPcache would be reset, because OPcache has no room"));
  CHECK(fs::read_symlink(pages.current()) == pages.release("1"));
}

namespace {

/// What an upload does that looks at nothing: each file is another one, of this moment, with the bytes that it had.
void upload_anew(std::string const& release) {
  for (auto const& each : fs::recursive_directory_iterator(release)) {
    if (!each.is_regular_file() || each.path().extension() == ".new") continue;
    fs::path const made = each.path().string() + ".new";
    fs::copy_file(each.path(), made);
    fs::rename(made, each.path());
  }
}

void invalidate(php_fpm const& server, std::string const& path) {
  run_script(server, server.write_script("invalidate.php", "<?php opcache_invalidate('" + path + "', true);"));
}

}  // namespace

TEST_CASE("files that are uploaded anew before each switch, with the bytes that they had, are not compiled anew") {
  php_fpm const server{options_for(3)};
  application pages;
  REQUIRE(visits(server, pages, 8) == texts{"1"});
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  for (auto const* name : {"1", "2", "1", "2"}) {
    CAPTURE(name);
    upload_anew(pages.release(name));
    auto const wasted_before = wasted(server);
    auto const result = switch_to(server, pages, name);
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(visits(server, pages, 8) == texts{name});
    CHECK(wasted(server) - wasted_before < 32 * 1024);
  }
  upload_anew(pages.release("1"));
  pages.write("1", "src/7.php", "<?php return 'b';");  // of the same length
  REQUIRE(switch_to(server, pages, "1").exit_code == 0);
  CHECK(visits(server, pages, 8) == texts{"1 b"});
}

TEST_CASE("a directory that is replaced by one with the same bytes is not compiled anew") {
  php_fpm const server{options_for(3)};
  application const pages;
  REQUIRE(visits(server, pages, 8) == texts{"1"});
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  fs::rename(pages.release("1"), pages.directory() + "/build");
  fs::copy(pages.directory() + "/build", pages.release("1"), fs::copy_options::recursive);
  auto const wasted_before = wasted(server);
  REQUIRE(switch_to(server, pages, "1").exit_code == 0);
  CHECK(visits(server, pages, 8) == texts{"1"});
  CHECK(wasted(server) - wasted_before < 32 * 1024);
}

TEST_CASE("a file that has its bytes again, but was compiled when it had others, is compiled anew") {
  php_fpm const server{options_for(3)};
  application pages;
  REQUIRE(visits(server, pages, 8) == texts{"1"});
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  std::string const file = pages.release("1") + "/src/7.php";
  pages.write("1", "src/7.php", "<?php return 'b';");
  SECTION("somebody invalidated it") {
    invalidate(server, file);
  }
  SECTION("OPcache was reset") {
    REQUIRE(call(server, {"opcache:reset", "--wait"}).exit_code == 0);
  }
  run_script(server, file);
  pages.write("1", "src/7.php", "<?php return '1';");
  REQUIRE(switch_to(server, pages, "1").exit_code == 0);
  CHECK(visits(server, pages, 8) == texts{"1"});
}

TEST_CASE("files that were uploaded anew are compiled anew where PHP looks at timestamps: it would itself") {
  php_fpm const server{options_for(3, true)};
  application const pages;
  REQUIRE(visits(server, pages, 8) == texts{"1"});
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  upload_anew(pages.release("1"));
  REQUIRE(switch_to(server, pages, "1").exit_code == 0);
  auto const before = misses(server);
  CHECK(visits(server, pages, 8) == texts{"1"});
  CHECK(misses(server) == before);  // no visitor did
}

namespace {

std::string plugin(std::string const& says) {
  return "<?php echo A::f(); class A { static function f() { return '" + says + "'; } }";
}

/// Has the name below the link, and the old script by another link to it, asked for.
std::string visit_plugin(php_fpm const& server, site const& of) {
  return run_script(server, of.current() + "/plugin.php").body;
}

}  // namespace

TEST_CASE("a name that is left to its first visitor does not come to lead to the release before, whoever visits that") {
  for (auto const validates : {false, true}) {
    site of({"1", "2", "3"});
    for (auto const* release : {"1", "2", "3"}) of.write(release, "plugin.php", plugin(release));
    php_fpm const server{options_for(4, validates)};
    visits(server, of);
    CHECK(visit_plugin(server, of) == "1");
    auto const result = switch_to(server, of, "2");
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "/plugin.php is compiled by its first visitor, who has not come yet"));
    CHECK(run_script(server, of.release("1") + "/plugin.php").body == "1");
    CHECK(visit_plugin(server, of) == "2");
    CHECK(visits(server, of) == texts{"2 2 2"});
  }
}

TEST_CASE("a name whose first visitor comes right after the switch is no reason for a reset") {
  site of;
  for (auto const* release : {"1", "2"}) of.write(release, "plugin.php", plugin(release));
  php_fpm const server{options_for(4)};
  visits(server, of);
  CHECK(visit_plugin(server, of) == "1");
  std::atomic<bool> over{false};
  std::jthread const visitors([&] {
    while (!over) {
      visit_plugin(server, of);
      std::this_thread::sleep_for(5ms);
    }
  });
  auto const result = switch_to(server, of, "2");
  over = true;
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK_FALSE(contains(result.out, "OPcache reset"));
  CHECK(run_script(server, of.release("1") + "/plugin.php").body == "1");
  CHECK(visit_plugin(server, of) == "2");
}

TEST_CASE("without a fallback a name that may come to lead to the release before ends a deployment with 4") {
  site of;
  for (auto const* release : {"1", "2"}) of.write(release, "plugin.php", plugin(release));
  php_fpm const server{options_for(4)};
  CHECK(visit_plugin(server, of) == "1");
  auto const result = switch_to(server, of, "2", {"--no-fallback"});
  CHECK(result.exit_code == 4);
  CHECK(contains(result.err, "/plugin.php is compiled by its first visitor"));
  CHECK(visit_plugin(server, of) == "2");
  CHECK(finish(server, of, {"--no-fallback"}).exit_code == 0);
}

TEST_CASE("templates in a directory beside releases of fixed names are current, and are no release before") {
  php_fpm const server{options_for(3)};
  site pages({"blue", "green"});  // as /site/blue, /site/green and /site/storage
  auto const shared = pages.directory() + "/releases/storage/views/a.php";
  pages.write("storage", "views/a.php", "<?php return 'first';");
  for (auto const* name : {"blue", "green"}) {
    pages.write(name, "index.php", "<?php echo '" + std::string(name) + " ', include '" + shared + "';");
  }
  pages.link("blue");
  REQUIRE(visits(server, pages, 8) == texts{"blue first"});
  std::jthread visitor([&](std::stop_token const& stop) {
    while (!stop.stop_requested()) visit(server, pages);
  });
  for (auto const* text : {"second", "third", "fourth"}) {
    auto const before = fs::last_write_time(shared);
    pages.write("storage", "views/a.php", "<?php return '" + std::string(text) + "';");
    fs::last_write_time(shared, before);
    std::string const next = fs::read_symlink(pages.current()) == pages.release("blue") ? "green" : "blue";
    auto const result = switch_to(server, pages, next);
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(visits(server, pages, 8) == texts{next + " " + text});
    CHECK_FALSE(contains(result.out, "releases/storage"));
  }
  visitor.request_stop();
}
