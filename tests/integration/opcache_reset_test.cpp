// A reset that is reported took place, and one that PHP refuses is never reported as done.

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

std::int64_t cached_scripts(php_fpm const& server) {
  return cache_status(server)["opcache_statistics"]["num_cached_scripts"].as_int();
}

std::int64_t manual_restarts(php_fpm const& server) {
  return cache_status(server)["opcache_statistics"]["manual_restarts"].as_int();
}

fpm_options with_setting(std::string const& name, std::string const& value) {
  auto options = one_pool();
  options.ini[name] = value;
  return options;
}

/// Refused by PHP: exit code 1, nothing on stdout, and why.
void check_refused(program_result const& result, std::string const& why) {
  CHECK(result.exit_code == 1);
  CHECK(result.out.empty());
  CHECK(result.err.rfind("error: opcache:reset on ", 0) == 0);
  INFO(result.err);
  CHECK(contains(result.err, why));
  CHECK(contains(result.err, "\nhint: "));
}

void check_confirmed(program_result const& result) {
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, ": OPcache reset, confirmed in "));
}

}  // namespace

TEST_CASE("a confirmed reset has emptied the cache") {
  php_fpm const server;
  fill_cache(server);
  REQUIRE(cached_scripts(server) > 0);
  auto const before = manual_restarts(server);
  auto const result = call(server, {"opcache:reset"});
  check_confirmed(result);
  CHECK(result.err.empty());
  CHECK(result.out.rfind(server.endpoint().text() + " (pool www): OPcache reset, confirmed in ", 0) == 0);
  CHECK(cached_scripts(server) == 0);
  CHECK(manual_restarts(server) == before + 1);
}

TEST_CASE("a reset by the pool's own user is confirmed too") {
  php_fpm const server{one_pool()};
  fill_cache(server);
  check_confirmed(call(server, {"opcache:reset"}, as_pool_user()));
  CHECK(cached_scripts(server) == 0);
}

TEST_CASE("the JSON of a reset holds its outcome") {
  php_fpm const server;
  auto const result = call(server, {"opcache:reset", "--format=json"});
  auto const json = nlohmann::json::parse(result.out);
  auto const& target = json.at("targets").at(0);
  CHECK(target.at("endpoint") == server.endpoint().text());
  CHECK(target.at("pool") == "www");
  CHECK(target.at("php").get<std::string>().rfind(php_fpm::version() + ".", 0) == 0);
  CHECK(target.at("ok") == true);
  CHECK(target.at("result").at("outcome") == "confirmed");
  CHECK(target.at("result").at("joined") == false);
  CHECK(target.at("result").at("running").is_null());
}

TEST_CASE("an OPcache that is off in php.ini is refused") {
  php_fpm const server{with_setting("opcache.enable", "0")};
  check_refused(call(server, {"opcache:reset"}), "OPcache is off");
}

TEST_CASE("an OPcache that is off in the pool is refused, and the other pools keep their cache") {
  auto options = one_pool({"php_admin_value[opcache.enable] = 0"});
  options.pools.push_back({.name = "on", .lines = {"listen.mode = 0666"}});
  php_fpm const server{options};
  auto const script = server.write_script("a.php", "<?php echo count(opcache_get_status()['scripts']);");
  static_cast<void>(run_script(server, script, "on"));
  auto const before = run_script(server, script, "on").body;
  check_refused(call(server, {"opcache:reset"}), "OPcache is off in this pool, nothing was reset");
  CHECK(run_script(server, script, "on").body == before);
}

TEST_CASE("an OPcache that is a file cache only is refused, and the directory is named") {
  temp_dir const cache;
  chmod(cache.path().c_str(), 0777);
  auto options = with_setting("opcache.file_cache", cache.path());
  options.ini["opcache.file_cache_only"] = "1";
  php_fpm const server{options};
  check_refused(call(server, {"opcache:reset"}), "file cache only");
  CHECK(contains(call(server, {"opcache:reset"}).err, "cachetool opcache:reset:file-cache empties " + cache.path()));
}

TEST_CASE("a disabled opcache_reset() is refused by name") {
  php_fpm const server{with_setting("disable_functions", "opcache_reset")};
  check_refused(call(server, {"opcache:reset"}), "the PHP function opcache_reset() is disabled");
}

TEST_CASE("a reset takes place, unconfirmed, where opcache_get_status() is disabled") {
  php_fpm const server{with_setting("disable_functions", "opcache_get_status")};
  auto const cached = server.write_script("a.php", "<?php echo 1;");
  auto const asks = server.write_script("b.php", "<?php echo (int) opcache_is_script_cached('" + cached + "');");
  static_cast<void>(run_script(server, cached));
  CHECK(contains(run_script(server, asks).body, "1"));
  auto const result = call(server, {"opcache:reset"});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "OPcache reset, unconfirmed: opcache_get_status() is disabled"));
  CHECK(contains(run_script(server, asks).body, "0"));
}

TEST_CASE("a PHP without OPcache is refused") {
  if (php_fpm::version() == "8.5") return does_not_apply("PHP 8.5 has OPcache built in");
  auto options = one_pool();
  options.opcache = false;
  php_fpm const server{options};
  check_refused(call(server, {"opcache:reset"}), "the PHP extension Zend OPcache is not loaded");
}

TEST_CASE("a reset behind a running request is scheduled, joined by the next, and takes place when the request ends") {
  php_fpm const server{one_pool({}, 3)};
  fill_cache(server);
  auto const before = manual_restarts(server);
  long_request busy(server, 3500ms);

  auto const start = clock::now();
  auto const first = call(server, {"opcache:reset"});
  CHECK(clock::now() - start < 1600ms);
  CHECK(first.exit_code == 0);
  CHECK(contains(first.out, "reset scheduled, waiting for 1 running request\n"));

  auto const second = call(server, {"opcache:reset"});
  CHECK(second.exit_code == 0);
  CHECK(contains(second.out, "waiting for 1 running request (a restart was pending already)"));

  auto const table = call(server, {"opcache:status"});
  CHECK(table.exit_code == 0);
  CHECK(contains(table.out, "| Restart pending"));
  CHECK(contains(table.out, "| Yes"));
  auto const scripts = call(server, {"opcache:status:scripts", "--format=json"});
  CHECK(scripts.exit_code == 1);
  CHECK(nlohmann::json::parse(scripts.out).at("targets").at(0).at("error").at("kind") == "pending");

  busy.finish();
  CHECK(manual_restarts(server) == before + 1);
  CHECK(cached_scripts(server) == 0);
}

TEST_CASE("a reset that had to wait for a request of a few hundred milliseconds is confirmed") {
  php_fpm const server{one_pool()};
  long_request const busy(server, 300ms);
  check_confirmed(call(server, {"opcache:reset"}));
}

TEST_CASE("a pool without a free worker is a time-out, exit code 4") {
  php_fpm const server{one_pool({}, 1)};
  long_request const busy(server, 5s);
  auto const start = clock::now();
  auto const result = call(server, {"opcache:reset", "--timeout=1"});
  CHECK(clock::now() - start < 1300ms);
  CHECK(result.exit_code == 4);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "no answer within 1 s"));
}

TEST_CASE("a file cache, which a reset leaves as it is, is warned of") {
  temp_dir const cache;
  chmod(cache.path().c_str(), 0777);
  auto options = with_setting("opcache.file_cache", cache.path());
  auto const validates = GENERATE(as<std::string>{}, "0", "1");
  options.ini["opcache.validate_timestamps"] = validates;
  php_fpm const server{options};
  auto const result = call(server, {"opcache:reset"});
  check_confirmed(result);
  CHECK(contains(result.err, "warning: "));
  CHECK(contains(result.err, "the file cache in " + cache.path() + " is not emptied by a reset"));
  CHECK(contains(result.err, "a changed script is still served from there") == (validates == "0"));
}

TEST_CASE("preloaded scripts, which a reset leaves as they are, are warned of") {
  temp_dir const code;
  std::ofstream(code / "preload.php") << "<?php class preloaded {}";
  auto options = with_setting("opcache.preload", code / "preload.php");
  if (is_root()) options.ini["opcache.preload_user"] = "www-data";
  php_fpm const server{options};
  auto const result = call(server, {"opcache:reset"});
  check_confirmed(result);
  CHECK(contains(result.err, "opcache.preload loaded 1 script"));
}

TEST_CASE("the pools of one master share the cache that is reset") {
  auto options = one_pool();
  options.pools.push_back({.name = "second", .listen = "127.0.0.1:0"});
  php_fpm const server{options};
  fill_cache(server);
  check_confirmed(run_program(arguments_for(server, {"opcache:reset"}, "second")));
  CHECK(cached_scripts(server) == 0);
}

TEST_CASE("resets in a row succeed while each request ends its worker") {
  php_fpm const server{one_pool({"pm.max_requests = 1"}, 2)};
  for (int i = 0; i < 30; ++i) {
    auto const result = call(server, {"opcache:reset"});
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    REQUIRE(result.err.empty());
  }
  CHECK_FALSE(contains(server.log(), "SIGSEGV"));
}

TEST_CASE("resets in a row succeed in a pool that starts workers on demand") {
  php_fpm const server{[] {
    auto options = one_pool({"pm.process_idle_timeout = 1s"}, 4);
    options.pools[0].pm = "ondemand";
    return options;
  }()};
  for (int i = 0; i < 20; ++i) REQUIRE(call(server, {"opcache:reset"}).exit_code == 0);
  CHECK_FALSE(contains(server.log(), "SIGSEGV"));
}

TEST_CASE("a call whose worker is killed is sent again") {
  temp_dir const marks;
  chmod(marks.path().c_str(), 0777);
  auto const mark = marks / "begun";
  // The first request, and it alone, hangs in its worker.
  surrounded_fpm const server("if (!file_exists('" + mark + "')) { touch('" + mark + "'); sleep(5); }", {},
                              one_pool({}, 1));
  program running(arguments_for(*server, {"opcache:reset", "-v"}));
  for (int i = 0; i < 2000 && !std::filesystem::exists(mark); ++i) std::this_thread::sleep_for(1ms);
  kill((*server).workers().at(0), SIGKILL);
  auto const result = running.finish();
  check_confirmed(result);
  CHECK(contains(result.err, "Trying again in 50 ms: the connection "));
}

TEST_CASE("a reload in the middle of resets makes none of them fail") {
  php_fpm server{one_pool()};
  std::thread reloads([&server] {
    for (int i = 0; i < 4; ++i) {
      std::this_thread::sleep_for(60ms);
      kill(server.pid(), SIGUSR2);
    }
  });
  std::string failures;
  for (int i = 0; i < 25; ++i) {
    auto const result = call(server, {"opcache:reset"});
    if (result.exit_code != 0) failures += result.err;
  }
  reloads.join();
  CHECK(failures.empty());
}

TEST_CASE("a socket that appears late is waited for") {
  php_fpm const server;
  auto const late = server.directory() + "/late.sock";
  program running({"opcache:reset", "--fcgi=" + late});
  std::this_thread::sleep_for(150ms);
  std::filesystem::create_symlink(server.endpoint().path(), late);
  check_confirmed(running.finish());
}
