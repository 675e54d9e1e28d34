// What is shown is what PHP itself reports.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

using scripts_by_path = std::map<std::string, opcache::script>;

scripts_by_path list_scripts(php_fpm const& server) {
  scripts_by_path found;
  pool{server.endpoint()}.opcache_scripts(
      [&found](opcache::script const& script) { CHECK(found.emplace(std::string(script.path), script).second); });
  return found;
}

/// Many files, compiled by one request.
void compile_files(php_fpm const& server, int count) {
  for (int i = 0; i < count; ++i) {
    static_cast<void>(
        server.write_script("many/some_directory/some_other_directory/class_" + std::to_string(i) + ".php", "<?php"));
  }
  auto const script = server.write_script(
      "compile.php",
      "<?php foreach (glob(__DIR__ . '/many/*/*/*.php') as $file) opcache_compile_file($file); echo 'done';");
  REQUIRE(run_script(server, script).body == "done");
}

nlohmann::json target_of(program_result const& result) {
  INFO(result.err);
  REQUIRE_FALSE(result.out.empty());
  return nlohmann::json::parse(result.out).at("targets").at(0);
}

}  // namespace

TEST_CASE("the status is what PHP reports") {
  php_fpm const server{one_pool({}, 1)};
  fill_cache(server);
  auto const shown = pool{server.endpoint()}.opcache_status();
  auto const real = cache_status(server);
  CHECK(shown.enabled == real["opcache_enabled"].as_bool());
  CHECK(shown.cache_full == real["cache_full"].as_bool());
  CHECK(shown.restart_pending == real["restart_pending"].as_bool());
  CHECK(shown.restart_in_progress == real["restart_in_progress"].as_bool());
  CHECK(shown.file_cache.empty());
  CHECK_FALSE(shown.file_cache_only);

  REQUIRE(shown.memory);
  auto const& memory = real["memory_usage"];
  CHECK(shown.memory->used == memory["used_memory"].as_int());
  CHECK(shown.memory->free == memory["free_memory"].as_int());
  CHECK(shown.memory->wasted == memory["wasted_memory"].as_int());
  CHECK(shown.memory->wasted_percentage == memory["current_wasted_percentage"].as_double());

  REQUIRE(shown.strings);
  CHECK(shown.strings->buffer_size == real["interned_strings_usage"]["buffer_size"].as_int());
  CHECK(shown.strings->count == real["interned_strings_usage"]["number_of_strings"].as_int());

  REQUIRE(shown.counts);
  auto const& counts = real["opcache_statistics"];
  CHECK(shown.counts->scripts == counts["num_cached_scripts"].as_int());
  CHECK(shown.counts->keys == counts["num_cached_keys"].as_int());
  CHECK(shown.counts->max_keys == counts["max_cached_keys"].as_int());
  CHECK(shown.counts->start_time == counts["start_time"].as_int());
  CHECK(shown.counts->last_restart_time == counts["last_restart_time"].as_int());
  CHECK(shown.counts->hits == counts["hits"].as_int());
  // The script that asks PHP is compiled anew, as the agent is.
  CHECK(shown.counts->misses == counts["misses"].as_int() - 1);
}

TEST_CASE("the JSON status holds PHP's own names and numbers") {
  php_fpm const server{one_pool({}, 1)};
  fill_cache(server);
  auto const result = target_of(call(server, {"opcache:status", "--format=json"})).at("result");
  auto const real = cache_status(server);
  CHECK(result.at("opcache_enabled") == true);
  CHECK(result.at("memory_usage").at("used_memory") == real["memory_usage"]["used_memory"].as_int());
  CHECK(result.at("opcache_statistics").at("num_cached_scripts") ==
        real["opcache_statistics"]["num_cached_scripts"].as_int());
  CHECK(result.at("opcache_statistics").at("start_time") == real["opcache_statistics"]["start_time"].as_int());
}

TEST_CASE("a pool in which OPcache is off shows that, though the master has a cache") {
  php_fpm const server{one_pool({"php_admin_value[opcache.enable] = 0"})};
  auto const result = call(server, {"opcache:status"});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "| Enabled "));
  CHECK(contains(result.out, "| No"));
}

TEST_CASE("the configuration is what PHP reports") {
  auto options = one_pool();
  options.ini["opcache.memory_consumption"] = "77";
  options.ini["opcache.max_accelerated_files"] = "4321";
  php_fpm const server{options};
  auto const shown = pool{server.endpoint()}.opcache_configuration();
  auto const real = evaluate(server, "return opcache_get_configuration();");
  CHECK(php::serialize(shown.directives) == php::serialize(real["directives"]));
  CHECK(php::serialize(shown.blacklist) == php::serialize(real["blacklist"]));
  CHECK(shown.version == real["version"]["version"].as_string());
  CHECK(shown.product == real["version"]["opcache_product_name"].as_string());
  CHECK(shown.directives["opcache.memory_consumption"].as_int() == 77 * 1024 * 1024);
}

TEST_CASE("the scripts are those that PHP reports") {
  php_fpm const server{one_pool({}, 1)};
  fill_cache(server, 20);
  auto const shown = list_scripts(server);
  auto const real = evaluate(server, "return opcache_get_status(true)['scripts'];");
  REQUIRE(shown.size() == real.entries().size());
  for (auto const& entry : real.entries()) {
    auto const found = shown.find(std::string(entry.item["full_path"].as_string()));
    REQUIRE(found != shown.end());
    CHECK(found->second.hits == entry.item["hits"].as_int());
    CHECK(found->second.memory == entry.item["memory_consumption"].as_int());
    CHECK(found->second.last_used == entry.item["last_used_timestamp"].as_int());
    CHECK(found->second.timestamp.value_or(-1) == entry.item["timestamp"].as_int(-1));
  }
}

TEST_CASE("a script has no timestamp where timestamps are not validated") {
  auto options = one_pool();
  options.ini["opcache.validate_timestamps"] = "0";
  php_fpm const server{options};
  fill_cache(server, 3);
  auto const shown = list_scripts(server);
  REQUIRE(shown.size() >= 3);
  for (auto const& [path, script] : shown) CHECK_FALSE(script.timestamp);
}

TEST_CASE("a script may have any name") {
  php_fpm const server{one_pool({}, 1)};
  std::string const all_bytes = [] {
    std::string text;
    for (int byte = 1; byte < 256; ++byte) {
      if (byte != '/') text += static_cast<char>(byte);
    }
    return text;
  }();
  std::vector<std::string> paths;
  for (std::string const& name :
       {std::string("with space.php"), std::string("quotes '\" `.php"), std::string("new\nline.php"),
        std::string("tab\t.php"), std::string("\xc3\xa9t\xc3\xa9.php"), std::string("\xff\xfe invalid.php"),
        std::string("<info>.php"), std::string("1 2 3 4 5 6.php"), std::string("\x1b[31mred.php"),
        all_bytes.substr(0, 120) + ".php", all_bytes.substr(120) + ".php"}) {
    paths.push_back(server.write_script("odd/" + name, "<?php"));
    REQUIRE(run_script(server, paths.back()).status == 200);
  }
  auto const shown = list_scripts(server);
  for (auto const& path : paths) {
    CAPTURE(path);
    CHECK(shown.count(path) == 1);
  }
  auto const table = call(server, {"opcache:status:scripts"});
  CHECK(table.exit_code == 0);
  CHECK_FALSE(contains(table.out, "\x1b[31m"));
  auto const json = target_of(call(server, {"opcache:status:scripts", "--format=json"}));
  CHECK(json.at("result").at("scripts").size() == shown.size());
}

TEST_CASE("thousands of scripts are listed, each once") {
  auto options = one_pool();
  options.ini["opcache.max_accelerated_files"] = "10000";
  php_fpm const server{options};
  compile_files(server, 3000);
  CHECK(list_scripts(server).size() >= 3000);
  auto const json = target_of(call(server, {"opcache:status:scripts", "--format=json"}));
  CHECK(json.at("result").at("scripts").size() >= 3000);
}

TEST_CASE("a memory_limit of 16M is enough for thousands of scripts, or raised if the pool lets it be") {
  auto const line =
      GENERATE(as<std::string>{}, "php_admin_value[memory_limit] = 16M", "php_value[memory_limit] = 16777216");
  CAPTURE(line);
  auto options = one_pool({line});
  options.ini["opcache.max_accelerated_files"] = "10000";
  php_fpm const server{options};
  compile_files(server, 3000);
  auto const result = call(server, {"opcache:status:scripts"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(std::count(result.out.begin(), result.out.end(), '\n') >= 3000);
}

TEST_CASE("a memory_limit that is too small for the agent is an error that says so") {
  auto options = one_pool({"php_admin_value[memory_limit] = 2M"});
  options.ini["opcache.max_accelerated_files"] = "20000";
  php_fpm const server{options};
  compile_files(server, 3000);
  auto const result = call(server, {"opcache:status:scripts", "--retries=0", "--format=json"});
  CHECK(result.exit_code != 0);
  auto const kind = target_of(result).at("error").at("kind").get<std::string>();
  // A PHP with a hard limit ends the worker instead.
  CHECK((kind == "memory_limit" || kind == "worker_died"));
}

TEST_CASE("--exclude leaves out what matches") {
  php_fpm const server{one_pool({}, 1)};
  for (auto const* name : {"a/vendor/x.php", "a/own/y.php", "a/own/z).php"}) {
    static_cast<void>(run_script(server, server.write_script(name, "<?php")));
  }
  auto const shown_without = [&server](std::string const& pattern) {
    auto const result = call(server, {"opcache:status:scripts", "--exclude=" + pattern});
    INFO(result.err);
    CHECK(result.exit_code == 0);
    return result.out;
  };
  auto const without_vendor = shown_without(".*vendor.*");
  CHECK_FALSE(contains(without_vendor, "vendor/x.php"));
  CHECK(contains(without_vendor, "own/y.php"));
  CHECK_FALSE(contains(shown_without("(?i)OWN/(y|w)"), "own/y.php"));
  CHECK_FALSE(contains(shown_without("z[)]"), "own/z).php"));
  CHECK_FALSE(contains(shown_without("z\\)\\.php$"), "own/z).php"));
  CHECK(contains(shown_without("#/~!nothing"), "own/y.php"));
}

TEST_CASE("--exclude with a broken expression is exit code 2, with what PCRE says") {
  php_fpm const server;
  auto const pattern = GENERATE(as<std::string>{}, "(", "[", "*", "a)(", "(?<", "a)e");
  CAPTURE(pattern);
  auto const result = call(server, {"opcache:status:scripts", "--exclude=" + pattern});
  INFO(result.err);
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "cannot be used: "));
}

TEST_CASE("what the functions refuse is exit code 1") {
  auto options = one_pool();
  options.ini["disable_functions"] = "opcache_get_status,opcache_get_configuration";
  php_fpm const server{options};
  for (auto const* command : {"opcache:status", "opcache:configuration", "opcache:status:scripts"}) {
    auto const result = call(server, {command});
    CHECK(result.exit_code == 1);
    CHECK(contains(result.err, "is disabled"));
    CHECK(contains(result.err, "hint: take opcache_get_"));
  }
}

TEST_CASE("opcache.enable=0 is exit code 1") {
  auto options = one_pool();
  options.ini["opcache.enable"] = "0";
  php_fpm const server{options};
  for (auto const* command : {"opcache:status", "opcache:status:scripts"}) {
    auto const result = call(server, {command});
    CHECK(result.exit_code == 1);
    CHECK(contains(result.err, "OPcache is off"));
  }
}
