// The commands on OPcache's scripts, as a user calls them.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/client.hpp>
#include <cachetool/opcache.hpp>
#include <cachetool/pool.hpp>

#include "json_result.hpp"
#include "support/catch.hpp"
#include "support/php_fpm.hpp"
#include "support/program.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using nlohmann::json;
using test::call;
using test::contains;
using test::fpm_options;
using test::php_fpm;
using test::program_result;
using test::result_of;
using test::run_program;
namespace fs = std::filesystem;

namespace {

/// How a script of the document root fared.
json fate(json const& result, std::string const& name) {
  for (auto const& script : result["scripts"]) {
    if (script["full_path"].get<std::string>().ends_with("/" + name)) return script;
  }
  return {};
}

std::vector<std::string> cached(php_fpm const& server) {
  std::vector<std::string> paths;
  pool{server.endpoint()}.opcache_scripts([&](opcache::script const& script) { paths.emplace_back(script.path); });
  return paths;
}

bool is_cached(php_fpm const& server, std::string const& path) {
  auto const all = cached(server);
  return std::find(all.begin(), all.end(), path) != all.end();
}

fpm_options with(std::map<std::string, std::string> ini) {
  fpm_options options;
  options.ini = std::move(ini);
  return options;
}

}  // namespace

TEST_CASE("a script is compiled and shown as CacheTool shows it") {
  php_fpm const server;
  auto const path = server.write_script("a.php", "<?php return 1;");
  auto const output = call(server, {"opcache:compile:script", path});
  std::string const rule = "+----------+-" + std::string(path.size(), '-') + "-+\n";
  std::string const space(path.size() - 8, ' ');
  CHECK(output.out == rule + "| Compiled | Filename" + space + " |\n" + rule + "| 1        | " + path + " |\n" + rule);
  CHECK(output.err.empty());
  CHECK(output.exit_code == 0);
  CHECK(is_cached(server, path));
}

TEST_CASE("a script that was written a moment ago is cached") {
  php_fpm const server;
  auto const path = server.write_script("a.php", "<?php return 1;");
  fs::last_write_time(path, fs::file_time_type::clock::now());
  CHECK(call(server, {"opcache:compile:script", path}).exit_code == 0);
  CHECK(is_cached(server, path));
}

TEST_CASE("a relative path is one below the current directory") {
  php_fpm const server;
  auto const path = server.write_script("sub/a.php", "<?php return 1;");
  test::program_options here;
  here.directory = server.document_root();
  auto const output = run_program({"opcache:compile:script", "sub/a.php", "--fcgi", server.endpoint().text()}, here);
  CHECK(contains(output.out, path));
  CHECK(is_cached(server, path));
}

TEST_CASE("a broken file is named with its error, and the others are compiled") {
  php_fpm const server;
  auto const good = server.write_script("a.php", "<?php return 1;");
  auto const bad = server.write_script("b.php", "<?php this is bad");
  auto const fatal = server.write_script("c.php", "<?php abstract class q { abstract function x() {} }");
  auto const last = server.write_script("d.php", "<?php return 1;");
  auto const output = call(server, {"opcache:compile:scripts", server.document_root()});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, bad + " did not compile: syntax error"));
  CHECK(contains(output.err, fatal + " did not compile: Abstract function q::x() cannot contain body on line 1"));
  CHECK(contains(output.err, "2 of 4 files did not compile"));
  CHECK(contains(output.out, "|          | " + bad));
  CHECK(is_cached(server, good));
  CHECK(is_cached(server, last));
}

TEST_CASE("files that declare the same function and class are all compiled") {
  php_fpm const server;
  std::vector<std::string> paths;
  for (auto const* name : {"a.php", "b.php", "c.php"}) {
    paths.push_back(server.write_script(name, "<?php function same() {} class same {}"));
  }
  for (int round = 0; round < 2; ++round) {
    auto const output = call(server, {"opcache:compile:scripts", server.document_root()});
    CHECK(output.err.empty());
    CHECK(output.exit_code == 0);
  }
  for (auto const& path : paths) CHECK(is_cached(server, path));
}

namespace {

/// A php-fpm that can tell by a file's tokens whether including it runs any code, as php-fpm usually can.
fpm_options with_tokenizer() {
  fpm_options options;
  options.extensions = {"tokenizer.so"};
  return options;
}

std::int64_t used_memory(php_fpm const& server) {
  return pool{server.endpoint()}.opcache_status().memory.value().used;
}

}  // namespace

TEST_CASE("compiling runs no code, whatever a file holds beside its classes") {
  php_fpm const server{with_tokenizer()};
  auto const mark = server.document_root() + "/mark";
  std::string const touch = "touch('" + mark + "');";
  fs::permissions(server.document_root(), fs::perms::all);
  int files = 0;
  for (auto const& code :
       std::vector<std::string>{"class a1 {} " + touch, touch + " class a2 {}", "namespace\\" + touch + " class a3 {}",
                                "class a4 { function f() { return \"{$this->x}\"; } } " + touch,
                                "if (" + touch.substr(0, touch.size() - 1) + ") { class a5 {} }",
                                "namespace n { " + touch + " class a6 {} }", "declare(ticks=1); class a7 {} " + touch,
                                "return " + touch + " class a8 {}", "abstract class a9 {} ?> <?php " + touch,
                                "#[A] " + touch + " class a10 {}", "class a11 {} } " + touch}) {
    static_cast<void>(server.write_script("file" + std::to_string(++files) + ".php", "<?php " + code));
  }
  static_cast<void>(call(server, {"opcache:compile:scripts", server.document_root()}));
  CHECK(pool{server.endpoint()}.opcache_status().counts.value().scripts >= 4);  // the others are left to their visitors
  CHECK_FALSE(fs::exists(mark));
}

TEST_CASE("a class that inherits from nothing is cached as a visitor's request would have it cached") {
  php_fpm const server{with_tokenizer()};
  std::string page = "<?php if (!function_exists('token_get_all')) echo 'no tokens';";
  for (int i = 0; i < 20; ++i) {
    auto const name = "simple" + std::to_string(i);
    auto const code = "<?php class " + name + " { static function f() { return 1; } }";
    page += "require '" + server.write_script(name + ".php", code) + "'; " + name + "::f();";
  }
  auto const index = server.write_script("index.php", page);
  REQUIRE(call(server, {"opcache:compile:scripts", server.document_root()}).exit_code == 0);
  auto const before = used_memory(server);
  fastcgi::client client(server.endpoint());
  auto const answer = client.execute({.params = {{"REQUEST_METHOD", "GET"}, {"SCRIPT_FILENAME", index}}, .body = {}});
  if (answer.body == "no tokens") return test::does_not_apply("this php-fpm has no tokenizer");
  CHECK(used_memory(server) == before);  // nothing had to be linked
}

TEST_CASE("a file of classes that ends the request that includes it is named with its error") {
  php_fpm const server{with_tokenizer()};
  auto const good = server.write_script("a.php", "<?php class a {}");
  auto const bad = server.write_script("b.php", "<?php class b { function f() {} function f() {} }");
  auto const last = server.write_script("c.php", "<?php class c {}");
  auto const output = call(server, {"opcache:compile:scripts", server.document_root()});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, bad + " did not compile: Cannot redeclare b::f()"));
  CHECK(is_cached(server, good));
  CHECK(is_cached(server, last));
}

TEST_CASE("classes of one name in several files are all compiled") {
  php_fpm const server{with_tokenizer()};
  std::vector<std::string> paths;
  for (auto const* name : {"a.php", "b.php", "c.php"}) {
    paths.push_back(server.write_script(name, "<?php class same {}"));
  }
  CHECK(call(server, {"opcache:compile:scripts", server.document_root()}).err.empty());
  for (auto const& path : paths) CHECK(is_cached(server, path));
}

TEST_CASE("a deprecation is said on stderr and fails nothing") {
  php_fpm const server;
  auto const path = server.write_script("a.php", "<?php function f($a = 1, $b) {}");
  auto const output = call(server, {"opcache:compile:scripts", server.document_root()});
  CHECK(output.exit_code == 0);
  CHECK(contains(output.err, "Deprecated: ") == (php_fpm::version() != "7.4"));
  CHECK(is_cached(server, path));
}

TEST_CASE("a file that ends the worker fails alone") {
  php_fpm const server{with({{"memory_limit", "16M"}})};
  auto const before = server.write_script("a.php", "<?php return 1;");
  std::string huge = "<?php return [";
  for (int i = 0; i < 300000; ++i) huge += "[" + std::to_string(i) + "],";
  auto const path = server.write_script("b.php", huge + "];");
  auto const after = server.write_script("c.php", "<?php return 1;");
  auto const result = result_of(server, {"opcache:compile:scripts", server.document_root()});
  CHECK(fate(result, "a.php")["outcome"] == "cached");
  CHECK(fate(result, "b.php")["outcome"] == "failed");
  CHECK(fate(result, "c.php")["outcome"] == "cached");
}

TEST_CASE("a cache that would be full is left before it is, with one warning") {
  php_fpm const server{with({{"opcache.memory_consumption", "8"}, {"opcache.interned_strings_buffer", "1"}})};
  std::string code = "<?php return [";
  for (int i = 0; i < 3000; ++i) code += std::to_string(i) + "=>[" + std::to_string(i) + "],";
  for (int i = 0; i < 60; ++i) (void)server.write_script("f" + std::to_string(i) + ".php", code + "];");
  auto const output = call(server, {"opcache:compile:scripts", "--format=json", server.document_root()});
  auto const result = json::parse(output.out)["targets"][0]["result"];
  CHECK(result["cached"].get<int>() > 2);
  CHECK(result["cached"].get<int>() + result["no_room"].get<int>() == 60);
  CHECK(result["no_room"].get<int>() > 2);
  CHECK(std::count(output.err.begin(), output.err.end(), '\n') == 1);
  CHECK(contains(output.err, "OPcache has no room for "));
  CHECK_FALSE(pool{server.endpoint()}.opcache_status().cache_full);
}

TEST_CASE("a cache that has little room takes each file that fits in it") {
  php_fpm const server{with({{"opcache.memory_consumption", "8"}, {"opcache.interned_strings_buffer", "1"}})};
  // Such code takes as much in the cache as in its file.
  std::string code = "<?php ";
  for (int i = 0; i < 6000; ++i) code += "/* a word or two */ $a = 'text';\n";
  for (int i = 0; i < 40; ++i) (void)server.write_script("f" + std::to_string(i) + ".php", code);
  auto const output = call(server, {"opcache:compile:scripts", "--format=json", server.document_root()});
  auto const result = json::parse(output.out)["targets"][0]["result"];
  auto const status = pool{server.endpoint()}.opcache_status();
  CHECK(result["no_room"].get<int>() > 0);
  CHECK_FALSE(status.cache_full);
  REQUIRE(status.memory);
  CHECK(status.memory->free < 1500000);
}

TEST_CASE("a batch is one row") {
  php_fpm const server;
  (void)server.write_script("a.php", "<?php return 1;");
  auto const output = call(server, {"opcache:compile:scripts", "--batch", server.document_root()});
  CHECK(output.out == "+----------+\n| Compiled |\n+----------+\n| 1        |\n+----------+\n");
  CHECK(output.exit_code == 0);
}

TEST_CASE("excluded words and regular expressions leave files out") {
  php_fpm const server;
  for (auto const* name : {"a.php", "s1/b.php", "s2/c.php", "sub/d.php"}) {
    (void)server.write_script(name, "<?php return 1;");
  }
  auto const result =
      result_of(server, {"opcache:compile:scripts", "--exclude=/^s[12]/", "--exclude=sub", server.document_root()});
  CHECK(result["scripts"].size() == 1);
  CHECK(fate(result, "a.php")["outcome"] == "cached");
}

TEST_CASE("an exclude that PHP cannot use is an error of usage") {
  php_fpm const server;
  (void)server.write_script("a.php", "<?php return 1;");
  auto const output = call(server, {"opcache:compile:scripts", "--exclude=/(/", server.document_root()});
  CHECK(output.exit_code == 2);
  CHECK(contains(output.err, "the regular expression \"/(/\" cannot be used"));
}

TEST_CASE("several jobs compile what one does") {
  php_fpm const server;
  for (int i = 0; i < 250; ++i) (void)server.write_script(std::to_string(i) + ".php", "<?php return 1;");
  auto const result = result_of(server, {"opcache:compile:scripts", "--jobs=3", server.document_root()});
  CHECK(result["cached"] == 250);
  CHECK(cached(server).size() >= 250);
}

TEST_CASE("a directory is not compiled as a script") {
  php_fpm const server;
  auto const output = call(server, {"opcache:compile:script", server.document_root()});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "it is a directory"));
}

TEST_CASE("a missing file is named with PHP's reason") {
  php_fpm const server;
  auto const output = call(server, {"opcache:compile:script", server.document_root() + "/nosuch.php"});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "/nosuch.php did not compile: "));
  CHECK(contains(output.err, "o such file or directory"));
}

TEST_CASE("a file that cannot be cached is compiled, and PHP's reason is told") {
  php_fpm const server{with({{"opcache.max_file_size", "100"}})};
  auto const path = server.write_script("a.php", "<?php return '" + std::string(200, 'x') + "';");
  auto const output = call(server, {"opcache:compile:script", path});
  CHECK(contains(output.out, "| 1 "));
  CHECK(contains(output.err, "nothing was cached: it is larger than opcache.max_file_size"));
  CHECK(output.exit_code == 1);
}

TEST_CASE("a protection that the pool insists on is the reason why nothing is cached") {
  fpm_options options;
  options.pools[0].lines = {"php_admin_value[opcache.file_update_protection] = 100"};
  php_fpm const server{options};
  auto const path = server.write_script("a.php", "<?php return 1;");
  fs::last_write_time(path, fs::file_time_type::clock::now());
  auto const output = call(server, {"opcache:compile:script", path});
  CHECK(contains(output.err, "opcache.file_update_protection"));
  CHECK(output.exit_code == 1);
}

TEST_CASE("without timestamps a changed script is reported as kept") {
  php_fpm const server{with({{"opcache.validate_timestamps", "0"}})};
  auto const path = server.write_script("a.php", "<?php return 1;");
  CHECK(call(server, {"opcache:compile:script", path}).err.empty());
  auto const output = call(server, {"opcache:compile:script", path});
  CHECK(contains(output.err, "1 script stood in the cache already"));
  CHECK(output.exit_code == 0);
}

TEST_CASE("a pool with OPcache off compiles nothing and says so") {
  fpm_options options;
  options.pools[0].lines = {"php_admin_flag[opcache.enable] = off"};
  php_fpm const server{options};
  auto const path = server.write_script("a.php", "<?php return 1;");
  auto const output = call(server, {"opcache:compile:script", path});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "OPcache is off in this pool"));
  CHECK(output.out.empty());
}

TEST_CASE("while a restart is pending nothing is compiled or invalidated, and that is said") {
  php_fpm const server;
  auto const slow = server.write_script("slow.php", "<?php sleep(6);");
  call(server, {"opcache:compile:script", slow});
  std::thread request([&] {
    fastcgi::request run;
    run.params = {{"REQUEST_METHOD", "GET"}, {"SCRIPT_FILENAME", slow}, {"SCRIPT_NAME", "/slow.php"}};
    (void)fastcgi::client{server.endpoint()}.execute(run);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK_NOTHROW(pool{server.endpoint()}.opcache_reset(std::chrono::milliseconds(1)));
  for (std::vector<std::string> const& arguments :
       {std::vector<std::string>{"opcache:compile:script", slow}, {"opcache:invalidate:scripts", "."}}) {
    auto const output = call(server, arguments);
    CHECK(output.exit_code == 1);
    CHECK(output.out.empty());
    CHECK(contains(output.err, "a restart of OPcache is pending"));
  }
  request.join();
}

TEST_CASE("where opcache.restrict_api hides the cache, files are compiled all the same") {
  php_fpm const server{with({{"opcache.restrict_api", "/nonexistent"}})};
  auto const path = server.write_script("a.php", "<?php return 1;");
  auto const output = call(server, {"opcache:compile:script", path});
  CHECK(contains(output.out, "| 1 "));
  CHECK(output.exit_code == 0);
}

TEST_CASE("scripts are invalidated by a pattern that holds any character") {
  php_fpm const server;
  std::vector<std::string> paths;
  for (auto const* name : {"s1.php", "s2.php", "s(3.php"})
    paths.push_back(server.write_script(name, "<?php return 1;"));
  call(server, {"opcache:compile:scripts", server.document_root()});
  auto const names = [&](std::string const& pattern) {
    std::vector<std::string> found;
    auto const result = result_of(server, {"opcache:invalidate:scripts", "--force", pattern});
    for (auto const& script : result["scripts"]) {
      CHECK(script["invalidated"] == true);
      CHECK(script["valid"] == false);
      found.push_back(script["full_path"]);
    }
    return found;
  };
  CHECK(names("/s1|/s2") == std::vector{paths[0], paths[1]});
  CHECK(names("/s[(]3") == std::vector{paths[2]});
  CHECK(names("www/s\\d\\.php$") == std::vector{paths[0], paths[1]});
}

TEST_CASE("invalidated scripts are a table sorted by path") {
  php_fpm const server;
  for (auto const* name : {"b.php", "a.php"}) (void)server.write_script(name, "<?php return 1;");
  call(server, {"opcache:compile:scripts", server.document_root()});
  auto const output = call(server, {"opcache:invalidate:scripts", "-f", "/[ab]\\.php"});
  CHECK(output.out.find("| true        | " + server.document_root() + "/a.php |\n| true ") != std::string::npos);
  CHECK(output.err.empty());
}

TEST_CASE("a pattern that matches nothing is said, and is no failure") {
  php_fpm const server;
  auto const output = call(server, {"opcache:invalidate:scripts", "nomatch"});
  CHECK(output.out == "+-------------+----------+\n| Invalidated | Filename |\n+-------------+----------+\n");
  CHECK(contains(output.err, "no cached script matches"));
  CHECK(output.exit_code == 0);
}

TEST_CASE("a pattern that is no regular expression is an error of usage") {
  php_fpm const server;
  for (auto const* pattern : {"[", "(", "a\\"}) {
    auto const output = call(server, {"opcache:invalidate:scripts", pattern});
    CHECK(output.exit_code == 2);
    CHECK(contains(output.err, "cannot be used"));
  }
}

TEST_CASE("a directory means itself and not others that begin like it") {
  php_fpm const server;
  auto const inside = server.write_script("app/a.php", "<?php return 1;");
  auto const beside = server.write_script("app2/a.php", "<?php return 1;");
  call(server, {"opcache:compile:scripts", server.document_root()});
  for (auto const* spelling : {"/app", "/app/", "/app2/../app"}) {
    auto const result =
        result_of(server, {"opcache:invalidate:scripts", "--dry-run", "--path=" + server.document_root() + spelling});
    REQUIRE(result["scripts"].size() == 1);
    CHECK(result["scripts"][0]["full_path"] == inside);
  }
}

TEST_CASE("a linked directory means what it leads to") {
  php_fpm const server;
  auto const path = server.write_script("releases/2/a.php", "<?php return 1;");
  fs::create_directory_symlink("releases/2", server.document_root() + "/current");
  call(server, {"opcache:compile:scripts", server.document_root()});
  auto const result =
      result_of(server, {"opcache:invalidate:scripts", "--force", "--path=" + server.document_root() + "/current"});
  REQUIRE(result["scripts"].size() == 1);
  CHECK(result["scripts"][0]["full_path"] == path);
  CHECK(result["scripts"][0]["valid"] == false);
}

TEST_CASE("a script that was included through a link is invalidated by its real path") {
  php_fpm const server{with({{"opcache.validate_timestamps", "0"}})};
  auto const path = server.write_script("releases/1/a.php", "<?php echo 'old';");
  fs::create_directory_symlink("releases/1", server.document_root() + "/current");
  fastcgi::request request;
  request.params = {{"REQUEST_METHOD", "GET"},
                    {"SCRIPT_FILENAME", server.document_root() + "/current/a.php"},
                    {"SCRIPT_NAME", "/a.php"}};
  fastcgi::client client{server.endpoint()};
  CHECK(client.execute(request).body == "old");
  (void)server.write_script("releases/1/a.php", "<?php echo 'new';");
  CHECK(client.execute(request).body == "old");
  CHECK(call(server, {"opcache:invalidate:scripts", "releases/1"}).exit_code == 0);
  CHECK(client.execute(request).body == "new");
}

TEST_CASE("a dry run changes nothing") {
  php_fpm const server;
  auto const path = server.write_script("a.php", "<?php return 1;");
  call(server, {"opcache:compile:script", path});
  auto const output = call(server, {"opcache:invalidate:scripts", "--force", "--dry-run", path});
  CHECK(contains(output.out, "| dry run     | " + path));
  CHECK(result_of(server, {"opcache:invalidate:scripts", "--dry-run", path})["scripts"][0]["valid"] == true);
}

TEST_CASE("without --force an unchanged script stays in use, and that is said") {
  php_fpm const server;
  auto const path = server.write_script("a.php", "<?php return 1;");
  call(server, {"opcache:compile:script", path});
  auto const output = call(server, {"opcache:invalidate:scripts", "a\\.php"});
  CHECK(contains(output.out, "| true        | " + path));
  CHECK(contains(output.err, "1 script is still in use"));
}

TEST_CASE("invalidating needs a pattern or a directory, and not both") {
  CHECK(run_program({"opcache:invalidate:scripts", "--fcgi=/nonexistent"}).exit_code == 2);
  CHECK(run_program({"opcache:invalidate:scripts", "--path=/a", "b", "--fcgi=/nonexistent"}).exit_code == 2);
  CHECK(run_program({"opcache:invalidate:scripts", "--path=", "--fcgi=/nonexistent"}).exit_code == 2);
}

TEST_CASE("scripts are sorted by what is asked for, and limited") {
  php_fpm const server;
  auto const small = server.write_script("small.php", "<?php return 1;");
  std::string code = "<?php ";
  for (int i = 0; i < 50; ++i)
    code += "function large_" + std::to_string(i) + "() { return " + std::to_string(i) + "; }";
  auto const large = server.write_script("large.php", code);
  call(server, {"opcache:compile:scripts", server.document_root()});
  auto const paths = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"opcache:status:scripts", "--exclude=^/(?!.*www/(small|large))"});
    std::vector<std::string> found;
    auto const result = result_of(server, arguments);
    for (auto const& script : result["scripts"]) found.push_back(script["full_path"]);
    return found;
  };
  CHECK(paths({"--sort=path"}) == std::vector{large, small});
  CHECK(paths({"--sort=memory"}) == std::vector{large, small});
  CHECK(paths({"--sort=memory", "--limit=1"}) == std::vector{large});
  CHECK(paths({"--sort=hits"}).size() == 2);
  CHECK(paths({"--sort=last-used", "--limit=0"}).empty());
}

TEST_CASE("an order that does not exist is an error of usage") {
  CHECK(run_program({"opcache:status:scripts", "--sort=size", "--fcgi=/nonexistent"}).exit_code == 2);
}

TEST_CASE("a program compiles and invalidates with typed calls") {
  php_fpm const server;
  auto const path = server.write_script("a.php", "<?php return 1;");
  pool php{server.endpoint()};
  auto const compiled = php.opcache_compile({{path, "a.php"}});
  REQUIRE(compiled.scripts.size() == 1);
  CHECK(compiled.scripts[0].what == opcache::compiled_script::outcome::cached);
  opcache::invalidate_query query;
  query.directory = server.document_root();
  query.force = true;
  auto const invalidated = php.opcache_invalidate(query);
  REQUIRE(invalidated.scripts.size() == 1);
  CHECK(invalidated.scripts[0].invalidated);
  CHECK_FALSE(invalidated.scripts[0].valid);
}

TEST_CASE("20,000 scripts are compiled, listed and invalidated") {
  fpm_options options = with({{"opcache.max_accelerated_files", "130000"}, {"opcache.memory_consumption", "512"}});
  options.pools[0].lines = {"php_admin_value[memory_limit] = 128M"};
  php_fpm const server{options};
  // CACHETOOL_TEST_SCRIPTS=100000 tries more; that takes half a minute.
  char const* const wanted = std::getenv("CACHETOOL_TEST_SCRIPTS");
  std::size_t const count = wanted != nullptr ? std::stoul(wanted) : 20000;
  for (std::size_t i = 0; i < count; ++i) {
    auto const number = std::to_string(i);
    (void)server.write_script("module" + std::to_string(i / 500) + "/some_class_name_" + number + ".php",
                              "<?php return 1;");
  }
  CHECK(call(server, {"opcache:compile:scripts", "--jobs=2", "--batch", server.document_root()}).exit_code == 0);
  CHECK(cached(server).size() >= count);
  auto const top = call(server, {"opcache:status:scripts", "--sort=path", "--limit=10"});
  CHECK(std::count(top.out.begin(), top.out.end(), '\n') == 14);
  auto const all = call(server, {"opcache:invalidate:scripts", "--force", "some_class"});
  CHECK(std::count(all.out.begin(), all.out.end(), '\n') == static_cast<std::ptrdiff_t>(count + 4));
}
