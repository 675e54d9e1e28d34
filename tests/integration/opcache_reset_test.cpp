// A reset that is reported took place, and one that PHP refuses is never reported as done.

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "fpm_calls.hpp"
#include "json_result.hpp"
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
  CHECK(clock::now() - start < 3500ms);
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
  CHECK(clock::now() - start < 5s);
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

namespace {

/// A server whose workers have been alive for long enough to be asked what they do.
void let_settle() {
  std::this_thread::sleep_for(1200ms);
}

/// Wastes about a third of what is cached.
void waste_memory(php_fpm const& server) {
  fill_cache(server, 30);
  static_cast<void>(evaluate(server,
                             "foreach (array_slice(array_keys(opcache_get_status()['scripts']), 0, 10) as $path) "
                             "opcache_invalidate($path, true); return 1;"));
}

}  // namespace

TEST_CASE("--wait waits for the request that keeps the restart waiting, and names it") {
  php_fpm const server{one_pool({}, 3)};
  fill_cache(server);
  auto const before = manual_restarts(server);
  let_settle();
  long_request const busy(server, 3500ms);
  auto const result = call(server, {"opcache:reset", "--wait", "-vv"});
  check_confirmed(result);
  CHECK(manual_restarts(server) == before + 1);
  CHECK(contains(result.err, "fpm.requests"));
  CHECK(contains(result.err, ": waiting for worker "));
  CHECK(contains(result.err, " of the pool www (uid " + std::to_string(is_root() ? pool_user() : geteuid()) + "), " +
                                 server.document_root() + "/"));
}

TEST_CASE("a pool that starts workers on demand is not asked for the ages of its requests, and loses no worker") {
  php_fpm const server{[] {
    auto options = one_pool({}, 4);
    options.pools[0].pm = "ondemand";
    return options;
  }()};
  fill_cache(server);
  long_request const busy(server, 1700ms);
  let_settle();
  auto const result = call(server, {"opcache:reset", "--wait", "-vv"});
  check_confirmed(result);
  CHECK_FALSE(contains(result.err, "fpm.requests"));
  CHECK_FALSE(contains(server.log(), "SIGSEGV"));
}

TEST_CASE("--wait on an idle pool confirms at once and says nothing else") {
  php_fpm const server;
  let_settle();
  auto const result = call(server, {"opcache:reset", "--wait"});
  check_confirmed(result);
  CHECK(result.err.empty());
}

TEST_CASE("a reset that does not take place in the time that --wait gives ends with 4, and its JSON names who blocks") {
  php_fpm const server{one_pool({}, 3)};
  let_settle();
  long_request const busy(server, 5s);
  auto const start = clock::now();
  auto const run = call(server, {"opcache:reset", "--wait=0.5", "--format=json"});
  CHECK(clock::now() - start < 5s);
  CHECK(run.exit_code == 4);
  auto const target = nlohmann::json::parse(run.out).at("targets").at(0);
  CHECK(target.at("ok") == false);
  CHECK(target.at("error").at("kind") == "timeout");
  auto const result = target.at("result");
  CHECK(result.at("outcome") == "scheduled");
  REQUIRE(result.at("blocked_by").size() == 1);
  auto const blocker = result.at("blocked_by").at(0);
  CHECK(blocker.at("pool") == "www");
  CHECK(blocker.at("script").get<std::string>().rfind(server.document_root(), 0) == 0);
  CHECK(blocker.at("seconds").get<double>() > 0.3);
}

TEST_CASE("the pool's own user, too, learns whom a reset waits for") {
  php_fpm const server{one_pool({}, 3)};
  let_settle();
  long_request const busy(server, 3s);
  auto const run = call(server, {"opcache:reset", "--wait=0.4"}, as_pool_user());
  CHECK(run.exit_code == 4);
  CHECK(contains(run.err, "still runs: worker "));
  CHECK(contains(run.err, server.document_root()));
}

TEST_CASE("a worker of another pool that keeps a reset waiting is named by root") {
  if (!is_root()) return does_not_apply("only root sees who uses the cache of a whole master");
  auto options = one_pool({}, 2);
  options.pools.push_back({.name = "second", .lines = {"listen.mode = 0666"}});
  php_fpm const server{options};
  long_request const busy(server, 3s);
  auto const run = run_program(arguments_for(server, {"opcache:reset", "--wait=0.4", "--format=json"}, "second"));
  CHECK(run.exit_code == 4);
  auto const result = nlohmann::json::parse(run.out).at("targets").at(0).at("result");
  REQUIRE(result.at("blocked_by").size() == 1);
  CHECK(result.at("blocked_by").at(0).at("pool") == "www");
}

TEST_CASE("--deadline bounds --wait as well") {
  php_fpm const server{one_pool({}, 3)};
  long_request const busy(server, 3s);
  auto const start = clock::now();
  CHECK(call(server, {"opcache:reset", "--wait", "--deadline=0.5"}).exit_code == 4);
  CHECK(clock::now() - start < 3s);
}

TEST_CASE("--wait resets nothing where nothing could confirm it") {
  php_fpm const server{with_setting("disable_functions", "opcache_get_status")};
  auto const run = call(server, {"opcache:reset", "--wait"});
  CHECK(run.exit_code == 1);
  CHECK(run.out.empty());
  CHECK(contains(run.err, "the PHP function opcache_get_status() is disabled"));
}

TEST_CASE("--safe resets nothing while a request runs that PHP would end") {
  auto options = one_pool({}, 3);
  options.ini["opcache.force_restart_timeout"] = "2";
  php_fpm const server{options};
  let_settle();
  long_request busy(server, 4s);
  std::this_thread::sleep_for(1200ms);
  auto const before = manual_restarts(server);
  auto const run = call(server, {"opcache:reset", "--safe"});
  CHECK(run.exit_code == 1);
  CHECK(run.out.empty());
  CHECK(contains(run.err, "nothing was reset: a request runs for long already (worker "));
  CHECK(contains(run.err, "PHP ends its worker"));
  busy.finish();
  CHECK(manual_restarts(server) == before);
}

TEST_CASE("--safe resets a pool in which nothing runs for long") {
  php_fpm const server{one_pool({}, 3)};
  let_settle();
  long_request const busy(server, 300ms);
  check_confirmed(call(server, {"opcache:reset", "--safe"}));
}

TEST_CASE("--wait warns of a request that PHP would end, and resets all the same") {
  auto options = one_pool({}, 3);
  options.ini["opcache.force_restart_timeout"] = "4";
  php_fpm const server{options};
  let_settle();
  long_request const busy(server, 3500ms);
  std::this_thread::sleep_for(2100ms);
  auto const run = call(server, {"opcache:reset", "--wait"});
  check_confirmed(run);
  CHECK(contains(run.err, "a request runs for long already"));
}

TEST_CASE("--safe resets nothing while a worker of another user keeps the cache of a shared master in use") {
  if (!is_root()) return does_not_apply("only root starts pools of two users");
  auto options = one_pool({}, 2);
  options.pools.push_back({.name = "second", .lines = {"listen.mode = 0666", "user = nobody", "group = nogroup"}});
  php_fpm const server{options};
  long_request const busy(server, 4s);
  auto const run = run_program(arguments_for(server, {"opcache:reset", "--safe"}, "second"));
  CHECK(run.exit_code == 1);
  CHECK(contains(run.err, "of the pool www (uid " + std::to_string(pool_user()) + ")"));
  CHECK(contains(run.err, "every request gets an empty page"));
}

TEST_CASE("--if-wasted skips a cache of which less is wasted, with exit code 0") {
  php_fpm const server;
  fill_cache(server);
  auto const before = manual_restarts(server);
  auto const run = call(server, {"opcache:reset", "--if-wasted=20"});
  CHECK(run.exit_code == 0);
  CHECK(contains(run.out, " (pool www): skipped: 0.0 % of the memory is wasted, less than 20 %\n"));
  CHECK(run.err.empty());
  CHECK(manual_restarts(server) == before);
}

TEST_CASE("--if-wasted resets a cache of which as much is wasted") {
  auto options = one_pool();
  options.ini["opcache.memory_consumption"] = "16";
  php_fpm const server{options};
  waste_memory(server);
  check_confirmed(call(server, {"opcache:reset", "--if-wasted=0"}));
  waste_memory(server);
  auto const skipped = result_of(call(server, {"opcache:reset", "--if-wasted=90", "--format=json"}));
  CHECK(skipped.at("outcome") == "skipped");
  CHECK(contains(skipped.at("skipped").get<std::string>(), "less than 90 %"));
}

TEST_CASE("a percentage above 100 is a usage error") {
  php_fpm const server;
  CHECK(call(server, {"opcache:reset", "--if-wasted=101"}).exit_code == 2);
}

TEST_CASE("--if-idle resets a pool that nobody uses") {
  php_fpm const server;
  fill_cache(server);
  check_confirmed(call(server, {"opcache:reset", "--if-idle=0.2"}));
}

TEST_CASE("--if-idle resets an idle pool whose every script is prepended by another") {
  surrounded_fpm const server("$prepended = 1;");
  check_confirmed(call(*server, {"opcache:reset", "--if-idle=0.2"}));
}

TEST_CASE("--if-idle skips a pool in which a request runs") {
  php_fpm const server{one_pool({}, 3)};
  long_request const busy(server, 2s);
  auto const result = result_of(call(server, {"opcache:reset", "--if-idle=0.2", "--format=json"}));
  CHECK(result.at("outcome") == "skipped");
  CHECK(result.at("skipped") == "a request is running");
}

TEST_CASE("--if-idle skips a pool whose cache is used by short requests") {
  php_fpm const server{one_pool({}, 3)};
  auto const script = server.write_script("short.php", "<?php echo 1;");
  std::atomic<bool> stop = false;
  std::thread visitors([&] {
    while (!stop) {
      static_cast<void>(run_script(server, script));
      std::this_thread::sleep_for(40ms);
    }
  });
  auto const run = call(server, {"opcache:reset", "--if-idle=0.5"});
  stop = true;
  visitors.join();
  CHECK(run.exit_code == 0);
  CHECK(contains(run.out, "skipped: "));
}

TEST_CASE(
    "resets at the same time are all confirmed: a request that began during a restart does not find OPcache off") {
  php_fpm const server{test::one_pool({}, 6)};
  for (int round = 0; round < 25; ++round) {
    std::vector<std::unique_ptr<test::program>> all;
    for (int i = 0; i < 4; ++i) {
      all.push_back(std::make_unique<test::program>(test::arguments_for(server, {"opcache:reset"})));
    }
    for (auto const& each : all) {
      auto const result = each->finish();
      INFO(result.err);
      CHECK(result.exit_code == 0);
    }
  }
}
