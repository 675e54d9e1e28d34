// Scripts of dead releases and of files that are gone are forgotten, against a real php-fpm.

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "fpm_calls.hpp"
#include "json_result.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

program_result prune(php_fpm const& server, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), "opcache:prune");
  return call(server, std::move(arguments));
}

json pruned(php_fpm const& server, std::vector<std::string> arguments) {
  arguments.emplace_back("--format=json");
  return result_of(prune(server, std::move(arguments)));
}

std::string keep(site const& of) {
  return "--keep=" + of.current();
}

/// Whether PHP would use what it has cached, without a look at the file.
bool is_cached(php_fpm const& server, std::string const& path) {
  return evaluate(server,
                  "ini_set('opcache.validate_timestamps', '0'); return opcache_is_script_cached('" + path + "');")
      .as_bool();
}

/// The first release was live, and the second is.
void go_live(php_fpm const& server, site const& pages) {
  visits(server, pages);
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  REQUIRE(visits(server, pages) == texts{"2 2 2"});
}

/// A script that takes some hundred bytes of the cache for each element.
std::string code_of_size(int elements) {
  std::string code = "<?php return [";
  for (int i = 0; i < elements; ++i) code += std::to_string(i) + "=>[" + std::to_string(i) + "],";
  return code + "];";
}

}  // namespace

TEST_CASE("the release before is forgotten, and of the live one nothing changes") {
  bool const validates = GENERATE(false, true);
  CAPTURE(validates);
  php_fpm const server{options_for(3, validates)};
  site const pages;
  go_live(server, pages);
  CHECK(is_cached(server, pages.release("1") + "/rel.php"));
  auto const before = misses(server);
  auto const output = prune(server, {keep(pages)});
  INFO(output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "1 script forgotten (1 of " + pages.release("1") + "), "));  // the others were moved
  CHECK(contains(output.out, " wasted now; a reset is worth it when less than "));
  for (auto const* file : {"/index.php", "/abs.php", "/rel.php"}) {
    CAPTURE(file);
    CHECK_FALSE(is_cached(server, pages.release("1") + file));
    CHECK(is_cached(server, pages.current() + file) != (file == std::string("/rel.php")));
  }
  auto const by_looking = misses(server) - before;
  CHECK(visits(server, pages, 200) == texts{"2 2 2"});
  CHECK(misses(server) == before + by_looking);
}

TEST_CASE("after a prune the site can be rolled back, and rolled forward again") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  for (auto const* name : {"2", "1", "2"}) {
    CAPTURE(name);
    REQUIRE(switch_to(server, pages, name).exit_code == 0);
    REQUIRE(prune(server, {keep(pages)}).exit_code == 0);
    std::string const all = std::string(name) + " " + name + " " + name;
    CHECK(visits(server, pages) == texts{all});
    auto const before = misses(server);
    CHECK(visits(server, pages, 60) == texts{all});
    CHECK(misses(server) == before);
  }
}

TEST_CASE("visitors notice nothing of a prune") {
  php_fpm const server{options_for(3)};
  site pages;
  for (int i = 0; i < 300; ++i) pages.write("1", "lib/" + std::to_string(i) + ".php", "<?php return 1;");
  REQUIRE(call(server, {"opcache:compile:scripts", "--batch", pages.release("1")}).exit_code == 0);
  go_live(server, pages);
  std::atomic<bool> ended{false};
  texts seen;
  std::thread visitor([&] {
    while (!ended) seen.insert(visit(server, pages));
  });
  auto const output = prune(server, {keep(pages)});
  ended = true;
  visitor.join();
  CHECK(contains(output.out, "301 scripts forgotten"));
  CHECK(seen == texts{"2 2 2"});
}

TEST_CASE("scripts whose files are gone are forgotten wherever they were, and others are not") {
  php_fpm const server{options_for(2)};
  auto const gone = server.write_script("sub/gone.php", "<?php echo 'gone';");
  auto const there = server.write_script("there.php", "<?php echo 'there';");
  for (auto const& path : {gone, there}) run_script(server, path);
  fs::remove_all(server.document_root() + "/sub");
  auto const result = pruned(server, {});
  CHECK(result["gone"] == 1);
  CHECK(result["scripts"][0]["full_path"] == gone);
  CHECK(result["scripts"][0]["outcome"] == (forgets_what_is_gone() ? "forgotten" : "kept"));
  CHECK(is_cached(server, gone) != forgets_what_is_gone());
  CHECK(is_cached(server, there));
}

TEST_CASE("a dry run changes nothing, and shows what would be done") {
  php_fpm const server{options_for(2)};
  site const pages;
  go_live(server, pages);
  auto const before = wasted(server);
  auto const output = prune(server, {keep(pages), "--dry-run", "-v"});
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "| found   | " + pages.release("1") + "/rel.php |"));
  CHECK(contains(output.out, "1 script would be forgotten (1 of " + pages.release("1") + ")"));
  CHECK(wasted(server) == before);
  CHECK(is_cached(server, pages.release("1") + "/rel.php"));
}

TEST_CASE("what is forgotten counts as wasted, and is told") {
  php_fpm const server{options_for(2)};
  site const pages;
  go_live(server, pages);
  auto const before = wasted(server);
  auto const result = pruned(server, {keep(pages)});
  CHECK(result["wasted_memory"].get<std::int64_t>() == before + result["memory_consumption"].get<std::int64_t>());
  CHECK(result["wasted_memory"] == wasted(server));
  CHECK(result["needed_keys"] == 3);
  CHECK(result["reset_pays"] == false);
}

TEST_CASE("a directory beside the live release to which a link leads is left alone") {
  php_fpm const server{options_for(2)};
  site const pages{{"1", "2", "3", "assets"}};
  fs::create_symlink(pages.release("3"), pages.directory() + "/staging");
  fs::create_symlink("releases/assets", pages.directory() + "/assets");
  for (auto const* name : {"1", "3", "assets"}) run_script(server, pages.release(name) + "/rel.php");
  pages.link("2");
  std::string kept;
  SECTION("when the live one is named by its link") {
    kept = pages.current();
  }
  SECTION("when it is named itself") {
    kept = pages.release("2");
  }
  auto const result = pruned(server, {"--keep=" + kept});
  REQUIRE(result["dead"].size() == 1);
  CHECK(result["dead"][0]["path"] == pages.release("1"));
  CHECK(is_cached(server, pages.release("3") + "/rel.php"));
  CHECK(is_cached(server, pages.release("assets") + "/rel.php"));
}

TEST_CASE("a release to which the link leads is never dead, whatever is kept") {
  php_fpm const server{options_for(2)};
  site const pages;
  go_live(server, pages);
  CHECK(pruned(server, {"--keep=" + pages.release("1")})["scripts"].empty());
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("several releases are kept") {
  php_fpm const server{options_for(2)};
  site const pages{{"1", "2", "3"}};
  for (auto const* name : {"1", "2", "3"}) run_script(server, pages.release(name) + "/rel.php");
  auto const result = pruned(server, {keep(pages), "--keep=" + pages.release("3")});
  REQUIRE(result["dead"].size() == 1);
  CHECK(result["dead"][0]["path"] == pages.release("2"));
}

TEST_CASE("if one of those to be kept is wrong, nothing is forgotten") {
  php_fpm const server{options_for(2)};
  site pages;
  pages.write("2", "public/page.php", "<?php echo 2;");
  go_live(server, pages);
  std::string wrong;
  std::string said;
  int code = 2;
  SECTION("php-fpm does not see it") {
    wrong = "/nonexistent/current";
    said = "php-fpm sees no directory /nonexistent/current; nothing was forgotten";
    code = 1;
  }
  SECTION("it is the root") {
    wrong = "/";
    said = "--keep=/ is no release";
  }
  SECTION("it lies in the root") {
    wrong = "/tmp";
    said = "what lies beside that are no releases";
  }
  SECTION("it is a part of a release") {
    wrong = pages.current() + "/public";
    said = "is a part of " + pages.release("2") + ", to which " + pages.current() + " leads";
  }
  SECTION("it is empty") {
    said = "--keep";
  }
  auto const output = prune(server, {keep(pages), "--keep=" + wrong});
  INFO(output.err);
  CHECK(output.exit_code == code);
  CHECK(output.out.empty());
  CHECK(contains(output.err, said));
  CHECK(is_cached(server, pages.release("1") + "/rel.php"));
}

TEST_CASE("a release that is still served, because the switch was not finished, is not forgotten") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  pages.link("2");
  auto const output = prune(server, {keep(pages)});
  INFO(output.err);
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "is still served"));
  CHECK(contains(output.err, "hint: let the live release be served first: cachetool deploy:finish " + pages.current()));
  auto const before = misses(server);
  CHECK(visits(server, pages) == texts{"1 1 1"});
  CHECK(misses(server) == before);
  CHECK(finish(server, pages).exit_code == 0);
  CHECK(prune(server, {keep(pages)}).exit_code == 0);
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("a release that is served from the cache alone is not forgotten") {
  if (!forgets_what_is_gone()) return skip("this PHP could not forget it anyway");
  php_fpm const server{options_for(2)};
  site const pages;
  visits(server, pages);
  pages.link("2");
  fs::remove_all(pages.release("1"));
  CHECK(prune(server, {keep(pages)}).exit_code == 1);
  CHECK(visits(server, pages) == texts{"1 1 1"});
}

TEST_CASE("a dry run foresees that a release is still served, and names it, as the prune itself does") {
  php_fpm const server{options_for(2)};
  site const pages;
  visits(server, pages);
  pages.link("2");
  for (bool const dry : {true, false}) {
    std::vector<std::string> arguments{keep(pages)};
    if (dry) arguments.push_back("--dry-run");
    auto const result = prune(server, arguments);
    CHECK(result.exit_code == 1);
    CHECK(contains(result.err, pages.release("1") + " is still served"));
  }
  CHECK(visits(server, pages) == texts{"1 1 1"});
}

TEST_CASE("deploy:finish names the prune that forgets what it left, and then there is nothing left to name") {
  php_fpm const server{options_for(2)};
  site const pages;
  visits(server, pages);
  pages.link("2");
  CHECK(contains(finish(server, pages).out, "kept in the cache, for a rollback: 1 script of " + pages.release("1") +
                                                "; to forget them: cachetool opcache:prune --keep=" + pages.current()));
  REQUIRE(prune(server, {keep(pages)}).exit_code == 0);
  CHECK_FALSE(contains(finish(server, pages).out, "kept in the cache"));
}

TEST_CASE("a script in the root of the file system is in nobody's way") {
  php_fpm const server{options_for(2)};
  site const pages;
  std::string const path = "/tmp/" + std::to_string(getpid()) + ".php";
  std::ofstream(path) << "<?php echo 1;";
  CHECK(call(server, {"opcache:compile:script", path}).exit_code == 0);
  go_live(server, pages);
  CHECK(prune(server, {keep(pages)}).exit_code == 0);
  CHECK(is_cached(server, path));
  fs::remove(path);
}

TEST_CASE("preloaded scripts are named and left alone by a prune") {
  if (is_root() && php_fpm::version() == "7.4") return skip("preloading as root needs a user");
  site pages;
  pages.write("1", "preloaded.php", "<?php class preloaded_class {}");
  auto options = options_for(2);
  options.ini["opcache.preload"] = pages.release("1") + "/preloaded.php";
  options.ini["opcache.preload_user"] = "www-data";
  php_fpm const server{options};
  visits(server, pages);
  REQUIRE(switch_to(server, pages, "2").exit_code == 1);  // the old release's preloaded class is still served
  auto const output = prune(server, {keep(pages)});
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "1 script forgotten, 1 preloaded"));
  CHECK(contains(output.err, "/preloaded.php was loaded by opcache.preload: it stays until php-fpm is reloaded"));
}

TEST_CASE("a full cache that would restart because of it is left to a reset in a quiet hour") {
  auto options = options_for(2);
  options.ini["opcache.memory_consumption"] = "8";
  options.ini["opcache.interned_strings_buffer"] = "1";
  php_fpm const server{options};
  site pages;
  pages.write("1", "big.php", code_of_size(15000));
  visits(server, pages);
  run_script(server, pages.release("1") + "/big.php");
  for (int const size : {15000, 500, 50}) {
    for (int i = 0; i < 40 && !cache_status(server)["cache_full"].as_bool(); ++i) {
      run_script(server,
                 server.write_script(std::to_string(size) + "/" + std::to_string(i) + ".php", code_of_size(size)));
    }
  }
  REQUIRE(cache_status(server)["cache_full"].as_bool());
  pages.link("2");
  auto const output = prune(server, {keep(pages)});
  INFO(output.err);
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "of it wasted PHP would restart it at once; nothing was forgotten"));
  auto const status = cache_status(server);
  CHECK(status["restart_pending"].as_bool() == false);
  CHECK(status["opcache_statistics"]["oom_restarts"].as_int() == 0);
  CHECK(is_cached(server, pages.release("1") + "/big.php"));
}

TEST_CASE("while a restart is pending nothing is forgotten, and that is said") {
  php_fpm const server{options_for(2)};
  long_request const request(server, std::chrono::seconds(4));
  CHECK_NOTHROW(pool{server.endpoint()}.opcache_reset(std::chrono::milliseconds(1)));
  auto const output = prune(server);
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "a restart of OPcache is pending"));
}

TEST_CASE("a prune as CSV has a row for each script") {
  php_fpm const server{options_for(2)};
  site const pages;
  go_live(server, pages);
  auto const output = prune(server, {keep(pages), "--format=csv"});
  CHECK(output.out == "endpoint,outcome,reason,full_path\n" + server.endpoint().text() + ",forgotten,," +
                          pages.release("1") + "/rel.php\n");
}

TEST_CASE("with two addresses of one master a prune is done once, and shown for both") {
  auto options = options_for(2);
  options.pools.push_back({.name = "other"});
  php_fpm const server{options};
  site const pages;
  go_live(server, pages);
  auto const output = call(server, {"opcache:prune", keep(pages), "--fcgi=" + server.endpoint("other").text()});
  CHECK(output.exit_code == 0);
  auto const first = output.out.find("1 script forgotten");
  REQUIRE(first != std::string::npos);
  CHECK(output.out.find("1 script forgotten", first + 1) != std::string::npos);
}
