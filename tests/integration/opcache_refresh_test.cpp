// Scripts that were changed in place are brought up to date without a reset.

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include <cachetool/error.hpp>
#include <cachetool/pool.hpp>

#include "fpm_calls.hpp"
#include "json_result.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using nlohmann::json;
using test::call;
using test::contains;
using test::forgets_what_is_gone;
using test::fpm_options;
using test::php_fpm;
using test::result_of;
namespace fs = std::filesystem;

namespace {

fpm_options without_timestamps(std::map<std::string, std::string> ini = {}) {
  fpm_options options;
  ini.emplace("opcache.validate_timestamps", "0");
  options.ini = std::move(ini);
  return options;
}

/// What became of a script of the document root; null if nothing did.
json outcome(json const& result, std::string const& name) {
  for (auto const& script : result["scripts"]) {
    if (script["full_path"].get<std::string>().ends_with("/" + name)) return script["outcome"];
  }
  return nullptr;
}

std::string answer_of(php_fpm const& server, std::string const& script) {
  return test::run_script(server, script).body;
}

void compile_all(php_fpm const& server) {
  REQUIRE(call(server, {"opcache:compile:scripts", "--batch", server.document_root()}).exit_code == 0);
}

/// Whatever has happened to the files until now is older than the cache, beyond the resolution of the clocks.
void let_the_cache_be_younger(php_fpm const& server) {
  std::this_thread::sleep_for(std::chrono::milliseconds(3100));
  pool{server.endpoint()}.opcache_reset();
  compile_all(server);
}

/// Each question is one more of them itself.
std::int64_t misses(php_fpm const& server) {
  return test::cache_status(server)["opcache_statistics"]["misses"].as_int();
}

}  // namespace

TEST_CASE("a script that was changed in place is served as it is now, whether PHP looks for changes or not") {
  for (auto const* validate : {"0", "1"}) {
    php_fpm const server{
        without_timestamps({{"opcache.validate_timestamps", validate}, {"opcache.revalidate_freq", "60"}})};
    auto const path = server.write_script("a.php", "<?php echo 'old';");
    CHECK(answer_of(server, path) == "old");
    std::ofstream{path} << "<?php echo 'new';";
    CHECK(answer_of(server, path) == "old");
    auto const output = call(server, {"opcache:refresh", server.document_root()});
    CHECK(output.out == server.endpoint().text() + " (pool www): 1 script refreshed, 0 unchanged\n");
    CHECK(output.err.empty());
    CHECK(output.exit_code == 0);
    auto const before = misses(server);
    CHECK(answer_of(server, path) == "new");
    CHECK(misses(server) == before + 1);  // it was compiled before it was asked for
  }
}

TEST_CASE("where PHP looks for changes, it goes on doing so after a refresh of a file that is young") {
  php_fpm const server{without_timestamps({{"opcache.validate_timestamps", "1"}, {"opcache.revalidate_freq", "0"}})};
  auto const path = server.write_script("a.php", "<?php echo 'old';");
  CHECK(answer_of(server, path) == "old");
  std::ofstream{path} << "<?php echo 'new';";
  REQUIRE(result_of(server, {"opcache:refresh", server.document_root()})["refreshed"] == 1);
  std::ofstream{path} << "<?php echo 'newer';";
  fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::seconds(2));
  CHECK(answer_of(server, path) == "newer");
}

TEST_CASE("scripts that visitors compile before they can be refreshed are not taken for gone") {
  auto options = test::one_pool({}, 6);
  options.ini["opcache.validate_timestamps"] = "0";
  php_fpm const server{options};
  for (int i = 0; i < 200; ++i) {
    auto const path = server.write_script("part" + std::to_string(i) + ".php", "<?php return 1;");
    // Its ctime is young, so that nothing tells when it was compiled; its age lets a visitor cache it.
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(1));
  }
  auto const visitor = server.write_script("visitor.php",
                                           "<?php for ($end = microtime(true) + 3; microtime(true) < $end;) foreach "
                                           "(glob(__DIR__ . '/part*') as $path) include $path;");
  compile_all(server);
  std::vector<std::jthread> visitors;
  for (int i = 0; i < 5; ++i) visitors.emplace_back([&] { test::run_script(server, visitor); });
  for (int i = 0; i < 5; ++i) {
    auto const result = result_of(server, {"opcache:refresh", "--force", "--pace=0", server.document_root()});
    CHECK(result["refreshed"] >= 200);
    CHECK(result["kept"] == 0);
  }
}

TEST_CASE("no worker is held while a refresh pauses") {
  auto options = test::one_pool({}, 1);
  options.ini["opcache.validate_timestamps"] = "0";
  php_fpm const server{options};
  for (int i = 0; i < 11; ++i) (void)server.write_script("part" + std::to_string(i) + ".php", "<?php return 1;");
  auto const page = server.write_script("page.php", "<?php echo 'here';");
  compile_all(server);
  test::program_result refreshed;
  std::jthread refresh{[&] {
    refreshed = call(server, {"opcache:refresh", "--force", "--pace=3000", server.document_root()});
  }};
  std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  auto const began = std::chrono::steady_clock::now();
  CHECK(answer_of(server, page) == "here");
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::milliseconds(1500));
  refresh.join();
  CHECK(contains(refreshed.out, "12 scripts refreshed"));
}

TEST_CASE("only what changed is refreshed") {
  php_fpm const server{without_timestamps()};
  auto const changed = server.write_script("src/deep/a.php", "<?php echo 'old';");
  (void)server.write_script("src/deep/b.php", "<?php return 1;");
  (void)server.write_script("c.php", "<?php return 1;");
  let_the_cache_be_younger(server);
  std::ofstream{changed} << "<?php echo 'new';";
  fs::last_write_time(changed, fs::file_time_type::clock::now() - std::chrono::hours(24));  // as a backup restores it
  auto const result = result_of(server, {"opcache:refresh", server.document_root()});
  CHECK(result["refreshed"] == 1);
  CHECK(result["unchanged"] == 2);
  CHECK(outcome(result, "a.php") == "refreshed");
  CHECK(answer_of(server, changed) == "new");
}

TEST_CASE("a file that replaces another by its name is a change") {
  php_fpm const server{without_timestamps()};
  auto const path = server.write_script("a.php", "<?php echo 'old';");
  auto const other = server.write_script("sub/b.php", "<?php echo 'new';");
  let_the_cache_be_younger(server);
  fs::rename(other, path);
  auto const result = result_of(server, {"opcache:refresh", server.document_root()});
  CHECK(outcome(result, "a.php") == "refreshed");
  CHECK(answer_of(server, path) == "new");
}

TEST_CASE("a directory that was moved into place is noticed, though its files are old") {
  php_fpm const server{without_timestamps()};
  auto const path = server.write_script("app/lib/a.php", "<?php echo 'old';");
  auto const beside = server.write_script("other/b.php", "<?php return 1;");
  (void)server.write_script("new/lib/a.php", "<?php echo 'new';");
  let_the_cache_be_younger(server);
  fs::rename(server.document_root() + "/app", server.document_root() + "/old");
  fs::rename(server.document_root() + "/new", server.document_root() + "/app");
  for (auto const* spelling : {"/app/lib", "/app/lib/a.php"}) {  // what was moved lies above
    auto const result = result_of(server, {"opcache:refresh", server.document_root() + spelling});
    CHECK(outcome(result, "a.php") == "refreshed");
  }
  CHECK(answer_of(server, path) == "new");
  auto const result = result_of(server, {"opcache:refresh", server.document_root()});
  CHECK(outcome(result, "b.php") == nullptr);
  CHECK(fs::exists(beside));
}

TEST_CASE("what a refresh has done is not done again") {
  php_fpm const server{without_timestamps()};
  auto const path = server.write_script("a.php", "<?php return 1;");
  compile_all(server);
  // Before PHP 8.4 it takes a file of ten seconds to know that.
  auto const age = php_fpm::version() < "8.4" ? std::chrono::seconds(11) : std::chrono::seconds(5);
  std::this_thread::sleep_for(age);
  CHECK(result_of(server, {"opcache:refresh", server.document_root()})["refreshed"] == 1);
  if (php_fpm::version() < "8.4") return;  // the server's directories are as young as the file
  CHECK(result_of(server, {"opcache:refresh", server.document_root()})["refreshed"] == 0);
}

TEST_CASE("where the pool pins that PHP keeps no times, it is said that the next refresh compiles the same again") {
  for (std::string const line :
       {"php_admin_value[opcache.validate_timestamps] = 0", "php_admin_value[disable_functions] = ini_set"}) {
    INFO(line);
    auto options = without_timestamps();
    options.pools.front().lines.push_back(line);
    php_fpm const server{options};
    static_cast<void>(server.write_script("a.php", "<?php return 1;"));
    compile_all(server);
    auto const output = call(server, {"opcache:refresh", server.document_root()});
    CHECK(output.exit_code == 0);
    CHECK(contains(output.out, "1 script refreshed"));
    CHECK(contains(output.err,
                   "the next refresh compiles these again, and no pool looks at their timestamps, until a reset"));
    let_the_cache_be_younger(server);
    CHECK(call(server, {"opcache:refresh", server.document_root()}).err.empty());
  }
}

TEST_CASE("where PHP keeps the times of what is refreshed, nothing is said of the next refresh") {
  for (auto const* validate : {"0", "1"}) {
    php_fpm const server{without_timestamps({{"opcache.validate_timestamps", validate}})};
    auto const path = server.write_script("a.php", "<?php return 1;");
    compile_all(server);
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::minutes(5));
    auto const output = call(server, {"opcache:refresh", server.document_root()});
    CHECK(contains(output.out, "1 script refreshed"));
    CHECK(output.err.empty());
  }
}

TEST_CASE("a file that is gone is forgotten") {
  php_fpm const server{without_timestamps()};
  auto const path = server.write_script("sub/a.php", "<?php echo 'old';");
  compile_all(server);
  fs::remove_all(server.document_root() + "/sub");
  auto const output = call(server, {"opcache:refresh", server.document_root() + "/sub"});
  CHECK(output.exit_code == 0);
  if (forgets_what_is_gone()) {
    CHECK(contains(output.out, "0 scripts refreshed, 1 forgotten, 0 unchanged"));
    CHECK_FALSE(contains(answer_of(server, path), "old"));
  } else {
    CHECK(contains(output.err, path + " is gone, and this PHP keeps its script all the same"));
  }
}

TEST_CASE("a broken file keeps its place in the report, and the others go on") {
  php_fpm const server{without_timestamps()};
  auto const first = server.write_script("a.php", "<?php echo 'old';");
  auto const broken = server.write_script("b.php", "<?php echo 'old';");
  auto const fatal = server.write_script("c.php", "<?php echo 'old';");
  auto const last = server.write_script("d.php", "<?php echo 'old';");
  compile_all(server);
  for (auto const& path : {first, last}) std::ofstream{path} << "<?php echo 'new';";
  std::ofstream{broken} << "<?php this is bad";
  std::ofstream{fatal} << "<?php abstract class q { abstract function x() {} }";
  auto const output = call(server, {"opcache:refresh", "-v", server.document_root()});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.out, "| failed    | " + broken));
  CHECK(contains(output.out, "2 scripts refreshed, 2 failed, 0 unchanged"));
  CHECK(contains(output.err, broken + " was not refreshed: syntax error"));
  CHECK(contains(output.err, fatal + " was not refreshed: "));
  CHECK(contains(output.err, "Abstract function q::x() cannot contain body"));
  CHECK(contains(output.err, "2 of 4 scripts could not be refreshed"));
  CHECK(answer_of(server, first) == "new");
  CHECK(answer_of(server, last) == "new");
  CHECK_FALSE(contains(answer_of(server, broken), "old"));  // as if PHP had looked for changes
}

TEST_CASE("files that declare the same names are all refreshed") {
  php_fpm const server{without_timestamps()};
  for (auto const* name : {"a.php", "b.php", "c.php"}) {
    (void)server.write_script(name, "<?php function same() {} class same {}");
  }
  compile_all(server);
  CHECK(result_of(server, {"opcache:refresh", "--force", server.document_root()})["refreshed"] == 3);
}

TEST_CASE("a name that leads over a link goes on finding the script in the cache") {
  php_fpm const server{without_timestamps()};
  auto const path = server.write_script("releases/1/a.php", "<?php echo 'old';");
  auto const alias = server.document_root() + "/current/a.php";
  auto const including = server.write_script("i.php", "<?php require '" + alias + "';");
  fs::create_directory_symlink("releases/1", server.document_root() + "/current");
  CHECK(answer_of(server, alias) == "old");
  CHECK(answer_of(server, including) == "old");
  std::ofstream{path} << "<?php echo 'new';";
  SECTION("by the real path") {
    CHECK(result_of(server, {"opcache:refresh", server.document_root() + "/releases/1"})["refreshed"] == 1);
  }
  SECTION("by the link") {
    CHECK(result_of(server, {"opcache:refresh", server.document_root() + "/current"})["refreshed"] == 1);
  }
  auto const before = misses(server);
  CHECK(answer_of(server, alias) == "new");
  CHECK(answer_of(server, including) == "new");
  CHECK(misses(server) == before + 1);
}

TEST_CASE("a script whose name has become a link cannot be refreshed, and that is said") {
  php_fpm const server{without_timestamps()};
  auto const path = server.write_script("current/a.php", "<?php echo 'old';");
  (void)server.write_script("releases/1/a.php", "<?php echo 'new';");
  let_the_cache_be_younger(server);
  CHECK(answer_of(server, path) == "old");
  fs::rename(server.document_root() + "/current", server.document_root() + "/was");
  fs::create_directory_symlink("releases/1", server.document_root() + "/current");
  auto const output = call(server, {"opcache:refresh", server.document_root() + "/current"});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, path + " was not refreshed: its name leads to another file now"));
  CHECK(answer_of(server, path) == "old");
}

TEST_CASE("a list names files, cached or not, with line breaks or NUL bytes between them") {
  php_fpm const server{without_timestamps()};
  auto const cached = server.write_script("a.php", "<?php echo 'old';");
  auto const uncached = server.write_script("b.php", "<?php echo 'b';");
  (void)server.write_script("README", "no script");
  (void)server.write_script("c.php", "<?php return 1;");
  CHECK(answer_of(server, cached) == "old");
  std::ofstream{cached} << "<?php echo 'new';";
  test::temp_dir directory;
  test::program_options here;
  here.directory = server.document_root();
  for (std::string const& end : {std::string("\n"), std::string(1, '\0')}) {
    std::ofstream{directory / "list"} << "a.php" << end << uncached << end << "README" << end << "nosuch.php" << end;
    auto const output = call(server, {"opcache:refresh", "--from-list=" + (directory / "list")}, here);
    INFO(output.out);
    CHECK(contains(output.out, "2 scripts refreshed, 2 skipped"));
    CHECK(output.err.empty());
    CHECK(output.exit_code == 0);
  }
  CHECK(answer_of(server, cached) == "new");
  auto const before = misses(server);
  CHECK(answer_of(server, uncached) == "b");
  CHECK(misses(server) == before + 1);
}

TEST_CASE("a list may stand on standard input") {
  php_fpm const server{without_timestamps()};
  auto const path = server.write_script("a.php", "<?php return 1;");
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  REQUIRE(write(ends[1], path.data(), path.size()) == static_cast<ssize_t>(path.size()));
  close(ends[1]);
  test::program_options piped;
  piped.standard_input = ends[0];
  auto const output = call(server, {"opcache:refresh", "--from-list=-"}, piped);
  close(ends[0]);
  CHECK(contains(output.out, "1 script refreshed"));
}

TEST_CASE("without room for the new scripts nothing is done, and what is short is to be raised") {
  php_fpm const server{
      without_timestamps({{"opcache.memory_consumption", "8"}, {"opcache.interned_strings_buffer", "1"}})};
  std::string code = "<?php return [";
  for (int i = 0; i < 20000; ++i) code += std::to_string(i) + "=>[" + std::to_string(i) + "],";
  for (auto const* name : {"a.php", "b.php"}) (void)server.write_script(name, code + "];");
  compile_all(server);
  auto const before = test::cache_status(server)["memory_usage"]["wasted_memory"].as_int();
  auto const output = call(server, {"opcache:refresh", server.document_root()});
  CHECK(output.exit_code == 1);
  CHECK(output.out.empty());
  CHECK(contains(output.err, "OPcache has no room to compile 2 scripts anew"));
  CHECK(contains(output.err, "hint: raise opcache.memory_consumption in php.ini"));
  CHECK(test::cache_status(server)["memory_usage"]["wasted_memory"].as_int() == before);
}

namespace {

fpm_options with_little_memory() {
  return without_timestamps({{"opcache.memory_consumption", "8"}, {"opcache.interned_strings_buffer", "1"}});
}

std::string code_of_some_size(std::size_t entries) {
  std::string code = "<?php return [";
  for (std::size_t i = 0; i < entries; ++i) code += std::to_string(i) + "=>[" + std::to_string(i) + "],";
  return code + "];";
}

/// Sixty new scripts, which are more than fit; a file with their names.
std::string write_many(php_fpm const& server) {
  std::string list;
  for (int i = 0; i < 60; ++i) {
    list += server.write_script("f" + std::to_string(i) + ".php", code_of_some_size(3000)) + "\n";
  }
  return list;
}

}  // namespace

TEST_CASE("new scripts that would fill the cache are left out, with one warning, and the others are cached") {
  php_fpm const server{with_little_memory()};
  auto const list = server.write_script("list.txt", write_many(server));
  auto const output = call(server, {"opcache:refresh", "--from-list=" + list, "--pace=0"});
  CHECK(output.exit_code == 0);
  CHECK(contains(output.err, " scripts were left out for lack of room: opcache.memory_consumption is used up"));
  CHECK(std::count(output.err.begin(), output.err.end(), '\n') == 1);
  CHECK_FALSE(test::cache_status(server)["cache_full"].as_bool());
}

TEST_CASE("where no new script fits, the memory is to be raised, for a reset gives nothing back") {
  php_fpm const server{with_little_memory()};
  (void)write_many(server);
  compile_all(server);
  auto const file = server.write_script("new.php", code_of_some_size(20000));
  auto const list = server.write_script("list.txt", file + "\n");
  auto const output = call(server, {"opcache:refresh", "--from-list=" + list});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "nothing was cached: opcache.memory_consumption is used up"));
  CHECK(contains(output.err, "hint: raise that in php.ini, and reload php-fpm"));
}

TEST_CASE("a cached script that has changed is current after a refresh even where new ones find no room") {
  php_fpm const server{with_little_memory()};
  auto const page = server.write_script("page.php", "<?php echo 'old';");
  CHECK(test::run_script(server, page).body == "old");
  (void)server.write_script("page.php", "<?php echo 'new';");
  auto const many = write_many(server);
  auto const list = server.write_script("list.txt", many + page + "\n");
  auto const output = call(server, {"opcache:refresh", "--from-list=" + list, "--pace=0"});
  CHECK(contains(output.err, " left out for lack of room: "));
  CHECK(test::run_script(server, page).body == "new");
}

TEST_CASE("a work that takes long says each ten seconds how far it is where there is no terminal") {
  php_fpm const server{without_timestamps()};
  // Each takes longer than a request has.
  for (int i = 0; i < 4; ++i) (void)server.write_script("f" + std::to_string(i) + ".php", code_of_some_size(30000));
  compile_all(server);
  auto const output = call(server, {"opcache:refresh", "--force", "--pace=5200", server.document_root()});
  CHECK(output.exit_code == 0);
  CHECK(std::count(output.err.begin(), output.err.end(), '\n') == 1);
  CHECK(contains(output.err, ": refreshed 3 of 4, about "));
}

TEST_CASE("a refreshed script does not come back from the file cache") {
  test::temp_dir directory;
  fs::permissions(directory.path(), fs::perms::all);
  php_fpm const server{without_timestamps({{"opcache.file_cache", directory.path()}})};
  auto const path = server.write_script("a.php", "<?php echo 'old';");
  CHECK(answer_of(server, path) == "old");
  std::ofstream{path} << "<?php echo 'new';";
  CHECK(call(server, {"opcache:refresh", server.document_root()}).exit_code == 0);
  pool{server.endpoint()}.opcache_reset();
  CHECK(answer_of(server, path) == "new");
}

TEST_CASE("with a file cache, what is older than the memory is refreshed too") {
  test::temp_dir directory;
  fs::permissions(directory.path(), fs::perms::all);
  php_fpm const server{without_timestamps({{"opcache.file_cache", directory.path()}})};
  auto const path = server.write_script("a.php", "<?php echo 'old';");
  CHECK(answer_of(server, path) == "old");
  std::ofstream{path} << "<?php echo 'new';";
  std::this_thread::sleep_for(std::chrono::milliseconds(3100));
  pool{server.endpoint()}.opcache_reset();
  CHECK(answer_of(server, path) == "old");  // from its file
  CHECK(result_of(server, {"opcache:refresh", server.document_root()})["refreshed"] == 1);
  CHECK(answer_of(server, path) == "new");
}

TEST_CASE("what the file cache has of a changed file, and memory has not, is deleted") {
  test::temp_dir directory;
  fs::permissions(directory.path(), fs::perms::all);
  php_fpm const server{without_timestamps({{"opcache.file_cache", directory.path()}})};
  auto const path = server.write_script("sub/a.php", "<?php echo 'old';");
  auto const other = server.write_script("other/b.php", "<?php echo 'b';");
  std::this_thread::sleep_for(std::chrono::milliseconds(3100));
  for (auto const& script : {path, other}) answer_of(server, script);
  std::ofstream{path} << "<?php echo 'new';";
  pool{server.endpoint()}.opcache_reset();
  std::string answer = "new";
  SECTION("below a directory") {
    CHECK(contains(call(server, {"opcache:refresh", server.document_root()}).out, ", 1 deleted from the file cache,"));
  }
  SECTION("by its name") {
    CHECK(result_of(server, {"opcache:refresh", path})["file_cache_deleted"] == 1);
  }
  SECTION("when all is to be refreshed, with what has not changed") {
    CHECK(result_of(server, {"opcache:refresh", "--force", server.document_root()})["file_cache_deleted"] == 2);
  }
  SECTION("or it would come back") {
    answer = "old";
  }
  CHECK(answer_of(server, path) == answer);
}

TEST_CASE("where OPcache is a file cache only, nothing is refreshed or lost, and what helps is said") {
  test::temp_dir directory;
  fs::permissions(directory.path(), fs::perms::all);
  php_fpm const server{
      without_timestamps({{"opcache.file_cache", directory.path()}, {"opcache.file_cache_only", "1"}})};
  auto const path = server.write_script("a.php", "<?php echo 'old';");
  CHECK(answer_of(server, path) == "old");
  std::ofstream{path} << "<?php echo 'new';";
  for (std::string const command : {"opcache:refresh", "deploy:warm"}) {
    auto const output = call(server, {command, server.document_root()});
    CAPTURE(command, output.err);
    CHECK(output.exit_code == 1);
    CHECK(output.out.empty());
    CHECK(contains(output.err,
                   "OPcache is a file cache only (opcache.file_cache_only=1): there are no scripts in "
                   "memory"));
    CHECK(contains(output.err, "hint: cachetool opcache:reset:file-cache"));
  }
  CHECK(answer_of(server, path) == "old");
  CHECK(call(server, {"opcache:reset:file-cache", "--force"}).exit_code == 0);
  CHECK(answer_of(server, path) == "new");
}

TEST_CASE("preloaded scripts are named and left alone") {
  if (geteuid() == 0 && php_fpm::version() == "7.4") return test::skip("preloading as root needs a user");
  test::temp_dir directory;
  fs::permissions(directory.path(), fs::perms::owner_all | fs::perms::others_exec | fs::perms::others_read);
  std::ofstream{directory / "p.php"} << "<?php class preloaded_class {}";
  php_fpm const server{
      without_timestamps({{"opcache.preload", directory / "p.php"}, {"opcache.preload_user", "www-data"}})};
  std::ofstream{directory / "p.php"} << "<?php class preloaded_class { const A = 1; }";
  auto const output = call(server, {"opcache:refresh", directory.path()});
  CHECK(contains(output.out, "1 preloaded"));
  CHECK(contains(output.err, "/p.php was loaded by opcache.preload: it stays as it is until php-fpm is reloaded"));
  CHECK(output.exit_code == 0);
}

TEST_CASE("a path that php-fpm does not see is an error, unless it has cached it") {
  php_fpm const server{without_timestamps()};
  auto const output = call(server, {"opcache:refresh", "/nonexistent/app"});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "php-fpm sees no /nonexistent/app, and has nothing of it in its cache"));
}

TEST_CASE("what open_basedir hides is not taken for gone") {
  test::temp_dir directory;
  fs::permissions(directory.path(), fs::perms::owner_all | fs::perms::others_exec | fs::perms::others_read);
  std::ofstream{directory / "a.php"} << "<?php return 1;";
  fpm_options options = without_timestamps();
  options.pools.push_back(test::fpm_pool{});
  options.pools[1].name = "jailed";
  options.pools[1].lines = {"php_admin_value[open_basedir] = /tmp/nowhere:/dev/shm:/run"};
  php_fpm const server{options};
  CHECK(call(server, {"opcache:compile:script", directory / "a.php"}).exit_code == 0);
  auto const output =
      test::run_program({"opcache:refresh", "--force", directory.path(), "--fcgi=" + server.endpoint("jailed").text()});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "/a.php was not refreshed: this pool is not allowed to look at it"));
  CHECK(call(server, {"opcache:refresh", "--force", directory.path()}).exit_code == 0);
}

TEST_CASE("open_basedir that hides /proc is no cause for a warning, nor for a failure") {
  fpm_options options = without_timestamps();
  options.pools[0].lines = {"php_admin_value[open_basedir] = /tmp:/dev/shm:/run/cachetool"};
  php_fpm const server{options};
  (void)server.write_script("a.php", "<?php return 1;");
  compile_all(server);
  auto const output = call(server, {"opcache:refresh", "--force", "-v", server.document_root()});
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "1 script refreshed"));
  CHECK_FALSE(contains(output.out + output.err, "open_basedir"));
}

TEST_CASE("while a restart is pending nothing is refreshed, and that is said") {
  php_fpm const server{without_timestamps()};
  test::long_request const request(server, std::chrono::seconds(4));
  CHECK_NOTHROW(pool{server.endpoint()}.opcache_reset(std::chrono::milliseconds(1)));
  auto const output = call(server, {"opcache:refresh", server.document_root()});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "a restart of OPcache is pending"));
}

TEST_CASE("paths and a list exclude each other, and one is needed") {
  for (std::vector<std::string> const& arguments :
       {std::vector<std::string>{"opcache:refresh"}, {"opcache:refresh", "--from-list=-", "/srv"}}) {
    auto const output = test::run_program(arguments);
    CHECK(output.exit_code == 2);
    CHECK(contains(output.err, "needs either paths or --from-list=FILE"));
  }
}

TEST_CASE("a file that is gone is forgotten where opcache.enable_file_override has PHP say that it is there") {
  php_fpm const server{without_timestamps({{"opcache.enable_file_override", "1"}})};
  auto const gone = server.write_script("gone.php", "<?php echo 'gone';");
  auto const stays = server.write_script("stays.php", "<?php echo 'stays';");
  CHECK(answer_of(server, gone) == "gone");
  CHECK(answer_of(server, stays) == "stays");
  fs::remove(gone);
  CHECK(answer_of(server, server.write_script("look.php", "<?php echo (int) is_file('" + gone + "');")) == "1");
  auto const output = call(server, {"opcache:refresh", server.document_root()});
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, forgets_what_is_gone() ? "1 forgotten" : "1 gone but kept"));
}
