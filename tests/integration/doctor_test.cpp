// doctor: what it finds at a real php-fpm, step by step.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "fpm/processes.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

using nlohmann::json;

struct diagnosis {
  int exit_code = -1;
  json target;
  std::string err;

  [[nodiscard]] json const& check(std::string const& name) const {
    for (json const& each : target.at("result").at("checks")) {
      if (each.at("name") == name) return each;
    }
    FAIL("there is no check " << name);
    return target;
  }
  [[nodiscard]] std::string level(std::string const& name) const { return check(name).at("level"); }
  [[nodiscard]] std::string message(std::string const& name) const { return check(name).at("message"); }
  [[nodiscard]] std::string hint(std::string const& name) const { return check(name).at("hint"); }

  /// The names of what is a warning or a failure.
  [[nodiscard]] std::vector<std::string> wrong() const {
    std::vector<std::string> names;
    for (json const& each : target.at("result").at("checks")) {
      if (each.at("level") == "warning" || each.at("level") == "failure") names.push_back(each.at("name"));
    }
    return names;
  }
  [[nodiscard]] std::string last() const { return target.at("result").at("checks").back().at("name"); }
};

using names = std::vector<std::string>;

diagnosis examine(std::vector<std::string> arguments, program_options const& options = {}) {
  arguments.insert(arguments.begin(), {"doctor", "--format=json"});
  auto const result = run_program(arguments, options);
  INFO(result.out);
  INFO(result.err);
  auto const read = json::parse(result.out);
  REQUIRE(read.at("targets").size() == 1);
  return {result.exit_code, read.at("targets")[0], result.err};
}

diagnosis examine(php_fpm const& server, program_options const& options = {}, std::string const& pool = "www") {
  return examine({"--fcgi=" + server.endpoint(pool).text()}, options);
}

// Where the server's configuration says so, as a hint has it.
std::string line_of(php_fpm const& server, std::string const& what) {
  std::ifstream config(server.directory() + "/fpm.conf");
  std::string line;
  int number = 1;
  while (std::getline(config, line) && !line.starts_with(what)) ++number;
  return "fpm.conf:" + std::to_string(number);
}

}  // namespace

TEST_CASE("a healthy pool: no warning, no failure, exit code 0, and nothing is changed") {
  php_fpm const server{one_pool()};
  fill_cache(server);
  auto const before = cache_status(server)["opcache_statistics"];
  auto const found = examine(server);
  INFO(found.target.dump(1));
  CHECK(found.exit_code == 0);
  CHECK(found.wrong().empty());
  CHECK(found.target.at("ok") == true);
  CHECK(found.err.find("error") == std::string::npos);
  CHECK(contains(found.message("find"), "master " + std::to_string(server.pid())));
  CHECK(contains(found.message("find"), "pool www"));
  CHECK(found.level("connect") == "ok");
  CHECK(found.level("place") == "ok");
  CHECK(contains(found.message("run"), " answered in "));
  CHECK(found.level("functions") == "ok");
  CHECK(found.level("memory") == "ok");
  auto const after = cache_status(server)["opcache_statistics"];
  CHECK(after["num_cached_scripts"].as_int() == before["num_cached_scripts"].as_int());
  CHECK(after["manual_restarts"].as_int() == before["manual_restarts"].as_int());
  CHECK(left_overs(geteuid()).empty());
}

TEST_CASE("an ordinary user is told the same of the way and the cache") {
  php_fpm const server{one_pool()};
  for (auto const& user : {as_pool_user(), as_nobody()}) {
    auto const found = examine(server, user);
    INFO(found.target.dump(1));
    CHECK(found.exit_code == 0);
    CHECK(found.level("opcache") == "ok");
    CHECK(contains(found.message("find"), "master " + std::to_string(server.pid())));
  }
}

TEST_CASE("it costs one request") {
  php_fpm const server{one_pool()};
  auto const log = call(server, {"doctor", "-v"}).err;
  std::size_t const first = log.find("Executing: ");
  REQUIRE(first != std::string::npos);
  CHECK(log.find("Executing: ", first + 1) == std::string::npos);
}

TEST_CASE("a disabled function is a failure that names what does not work and the line that forbids it") {
  php_fpm const server{one_pool({"php_admin_value[disable_functions] = exec,opcache_reset,putenv"})};
  auto const found = examine(server);
  CHECK(found.exit_code == 1);
  CHECK(found.wrong() == names{"opcache_reset"});
  CHECK(found.level("putenv") == "note");
  CHECK(found.message("opcache_reset") == "opcache_reset() is disabled: opcache:reset does not work");
  CHECK(contains(found.hint("opcache_reset"), line_of(server, "php_admin_value[disable_functions]")));
}

TEST_CASE("opcache.restrict_api that lets nobody in is a failure, and the walk goes on") {
  php_fpm const server{one_pool({"php_admin_value[opcache.restrict_api] = /nonexistent/admin"})};
  auto const found = examine(server);
  INFO(found.target.dump(1));
  CHECK(found.exit_code == 1);
  CHECK(found.wrong() == names{"restrict_api"});
  CHECK(contains(found.message("restrict_api"), "opcache.restrict_api=/nonexistent/admin"));
  CHECK(found.level("paths") == "ok");
}

TEST_CASE("opcache.restrict_api that allows a directory is no obstacle, and that another place was refused is a note") {
  temp_dir const allowed;
  std::filesystem::permissions(allowed.path(), std::filesystem::perms::all | std::filesystem::perms::sticky_bit);
  php_fpm const server{one_pool({"php_admin_value[opcache.restrict_api] = " + allowed.path()})};
  auto const found = examine(server);
  INFO(found.target.dump(1));
  CHECK(found.exit_code == 0);
  CHECK(found.level("restrict_api") == "ok");
  CHECK(found.level("place") == "note");
  CHECK(contains(found.message("place"), "run from " + allowed.path()));
}

TEST_CASE("OPcache that is off in the pool is a failure with its line") {
  php_fpm const server{one_pool({"php_admin_value[opcache.enable] = 0"})};
  auto const found = examine(server);
  CHECK(found.exit_code == 1);
  CHECK(found.wrong() == names{"opcache"});
  CHECK(contains(found.message("opcache"), line_of(server, "php_admin_value[opcache.enable]")));
}

TEST_CASE("OPcache that is off altogether, or not loaded, is a failure") {
  auto options = one_pool();
  options.ini["opcache.enable"] = "0";
  auto const found = examine(php_fpm{options});
  CHECK(found.exit_code == 1);
  CHECK(contains(found.message("opcache"), "OPcache is off"));
}

TEST_CASE("a stale socket ends the walk with exit code 3, after the step before") {
  temp_dir const directory;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string const path = directory / "stale.sock";
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  int const fd = socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(bind(fd, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0);
  close(fd);
  auto const found = examine({"--fcgi=" + path});
  CHECK(found.exit_code == 3);
  CHECK(found.target.at("ok") == false);
  CHECK(found.target.at("error").at("kind") == "stale");
  CHECK(found.level("find") == "note");
  CHECK(found.last() == "connect");
  CHECK(found.level("connect") == "failure");
  CHECK(contains(found.err, "error: doctor on " + path + ": nobody listens"));
}

TEST_CASE("a forbidden socket is told with its owner and mode, and who may not") {
  if (!is_root()) return skip("needs root");
  php_fpm const server{{.pools = {{.lines = {"listen.owner = www-data", "listen.mode = 0600"}}}}};
  auto const found = examine(server, as_nobody());
  CHECK(found.exit_code == 3);
  CHECK(found.last() == "connect");
  CHECK(contains(found.message("connect"), "its mode is 0600"));
  CHECK(contains(found.message("find"), "master " + std::to_string(server.pid())));
}

TEST_CASE("what is found and cannot be reached is a finding of its own beside the others") {
  if (!is_root()) return skip("needs root");
  std::string const name = "cachetool-doctor-" + std::to_string(getpid());
  php_fpm const open{{.pools = {{.name = name, .lines = {"listen.mode = 0666"}}}}};
  php_fpm const closed{{.pools = {{.name = name, .lines = {"listen.owner = www-data", "listen.mode = 0600"}}}}};
  auto options = as_nobody();
  auto const result = run_program({"doctor", "--format=json", "--pool=" + name}, options);
  INFO(result.out);
  INFO(result.err);
  // Not every configuration can be read by nobody: then a pool without workers has no name.
  auto const targets = json::parse(result.out).at("targets");
  CHECK(result.exit_code == 3);
  REQUIRE(targets.size() == 2);
  int good = 0;
  for (json const& each : targets) good += each.at("ok") == true ? 1 : 0;
  CHECK(good == 1);
  auto const table = run_program({"doctor", "--pool=" + name}, options);
  CHECK(contains(table.out, closed.endpoint(name).text() + "\n"));
  CHECK(contains(table.err, "its mode is 0600"));
}

TEST_CASE("a pool in a chroot is examined by root, and refuses others at the step of the place") {
  if (!is_root()) return skip("needs root");
  temp_dir const root;
  std::filesystem::create_directory(root / "tmp");
  std::filesystem::permissions(root / "tmp", std::filesystem::perms::all | std::filesystem::perms::sticky_bit);
  php_fpm const server{one_pool({"chroot = " + root.path()})};
  auto const found = examine(server);
  INFO(found.target.dump(1));
  CHECK(found.exit_code == 0);
  CHECK(contains(found.message("place"), "in the root directory " + root.path()));
  auto const as_user = examine(server, as_nobody());
  CHECK(as_user.exit_code == 5);
  CHECK(as_user.last() == "place");
  CHECK(as_user.level("connect") == "ok");
  CHECK(contains(as_user.message("place"), "php-fpm cannot see"));
}

TEST_CASE("a php-fpm with a private /tmp is examined all the same") {
  if (!is_root()) return skip("needs root");
  php_fpm const server{{.private_directories = {"/tmp", "/dev/shm", "/var/tmp"}}};
  auto const found = examine(server);
  INFO(found.target.dump(1));
  CHECK(found.exit_code == 0);
}

TEST_CASE("a cache that has no keys for another release is a warning with the number to write") {
  auto options = one_pool();
  options.ini["opcache.max_accelerated_files"] = "200";
  php_fpm const server{options};
  fill_cache(server, 130);
  auto const found = examine(server);
  CHECK(found.exit_code == 1);
  CHECK(found.wrong() == names{"room"});
  CHECK(contains(found.hint("room"), "set opcache.max_accelerated_files=463 "));
}

TEST_CASE("a cache without a free key is not taken for one without memory, and the hint sets what is not set already") {
  auto options = one_pool();
  options.ini["opcache.max_accelerated_files"] = "200";
  php_fpm const server{options};
  fill_cache(server, 300);
  auto const found = examine(server);
  INFO(found.target.dump(1));
  CHECK(found.wrong() == names{"keys"});
  CHECK(found.level("keys") == "failure");
  CHECK(found.level("memory") == "ok");
  CHECK(contains(found.message("keys"), "223 of 223 keys used"));
  CHECK(contains(found.hint("keys"), "set opcache.max_accelerated_files=463 "));
}

TEST_CASE("a nearly full cache is a warning with its figures and the size to write") {
  auto options = one_pool();
  options.ini["opcache.memory_consumption"] = "8";
  options.ini["opcache.interned_strings_buffer"] = "1";
  php_fpm const server{options};
  std::string code = "<?php\n";
  for (int i = 0; i < 1500; ++i) {
    std::string const n = std::to_string(i);
    code +=
        "if (!function_exists('f" + n + "')) { function f" + n + "($a) { return $a . '" + n + "' . strlen($a); } }\n";
  }
  for (int i = 0; i < 8; ++i) {
    auto const status = cache_status(server);
    if (status["memory_usage"]["free_memory"].as_int() < 3 << 20) break;
    run_script(server, server.write_script("large" + std::to_string(i) + ".php", code));
  }
  auto const found = examine(server);
  INFO(found.target.dump(1));
  CHECK(found.exit_code == 1);
  CHECK(found.wrong() == names{"room"});
  CHECK(contains(found.message("memory"), "of 8.0 MiB used"));
  CHECK(contains(found.hint("room"), "opcache.memory_consumption=16"));
}

TEST_CASE("pools of several users under one master are a warning") {
  if (!is_root()) return skip("needs root");
  php_fpm const server{{.pools = {{.name = "www"}, {.name = "other", .lines = {"user = nobody", "group = nogroup"}}}}};
  auto const found = examine(server);
  CHECK(found.exit_code == 1);
  CHECK(found.wrong() == names{"users", "permissions"});
  CHECK(contains(found.message("users"), "nobody, www-data"));
}

TEST_CASE("a pool that does not answer ends the walk with exit code 4 after --timeout, with its load") {
  php_fpm const server{one_pool({}, 1)};
  long_request busy(server, std::chrono::seconds{20});
  auto const began = std::chrono::steady_clock::now();
  auto const found = examine({"--fcgi=" + server.endpoint().text(), "--timeout=1"});
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{6});
  INFO(found.target.dump(1));
  CHECK(found.exit_code == 4);
  CHECK(found.last() == "run");
  CHECK(found.level("place") == "ok");
  CHECK(contains(found.message("run"), "no answer within 1 s"));
  CHECK(contains(found.message("run"), "the only worker of the pool www is busy"));
  CHECK(contains(found.hint("run"), "pm.max_children"));
}

TEST_CASE("a worker that a kept connection holds is a warning to root") {
  if (!is_root()) return skip("needs root");
  php_fpm const server{one_pool()};
  auto request = request_for(server.write_script("nothing.php", "<?php"));
  request.keep_connection = true;
  auto connection = fastcgi::client(server.endpoint()).connect();
  connection.execute(request);
  for (int i = 0; i < 500 && fpm::pool_workers(fpm::proc(), server.pid(), "www").value_or({}).size() < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});  // until both have their titles
  }
  auto const found = examine(server);
  INFO(found.target.dump(1));
  CHECK(found.exit_code == 1);
  CHECK(found.wrong() == names{"held_workers"});
  CHECK(contains(found.message("held_workers"), "1 of 2 workers wait"));
}

TEST_CASE("a pending restart is a warning") {
  auto options = one_pool();
  php_fpm const server{options};
  long_request busy(server, std::chrono::seconds{20});
  call(server, {"opcache:reset"});
  auto const found = examine(server);
  CHECK(found.exit_code == 1);
  CHECK(found.level("pending") == "warning");
  CHECK(found.wrong() == names{"pending"});
}

TEST_CASE("where nothing runs, the walk says where it looked and ends with 3") {
  if (!is_root()) return skip("needs root");
  program_options options;
  options.path = "/usr/bin/unshare";
  if (!std::filesystem::exists(options.path)) return skip("needs unshare(1)");
  auto const result =
      run_program({"--net", "--pid", "--fork", "--mount-proc", built_program(), "doctor", "--format=json"}, options);
  INFO(result.err);
  CHECK(result.exit_code == 3);
  auto const target = json::parse(result.out).at("targets")[0];
  auto const checks = target.at("result").at("checks");
  CHECK(checks[0].at("name") == "find");
  CHECK(checks.back().at("level") == "failure");
}

TEST_CASE("the table has a row for each finding, and what to do stands on standard error") {
  php_fpm const server{one_pool({"php_admin_value[disable_functions] = opcache_reset"})};
  auto const result = call(server, {"doctor"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.out, "| Status  | Check "));
  CHECK(contains(result.out, "| failure | functions "));
  CHECK(result.out.ends_with("\n1 failure: opcache_reset\n"));
  CHECK(contains(result.err, "hint: functions: take opcache_reset out of disable_functions in "));
  for (std::size_t start = 0; start < result.out.size();) {
    std::size_t const end = result.out.find('\n', start);
    CHECK(end - start <= 120);
    start = end + 1;
  }
}

TEST_CASE("CSV has a row for each finding") {
  php_fpm const server{one_pool()};
  auto const result = call(server, {"doctor", "--format=csv"});
  CHECK(result.exit_code == 0);
  CHECK(
      result.out.starts_with("endpoint,step,name,level,message,hint\n" + server.endpoint().text() + ",find,find,ok,"));
}

TEST_CASE("-q leaves the exit code and what to do") {
  php_fpm const server{one_pool({"php_admin_value[opcache.enable] = 0"})};
  auto const result = call(server, {"doctor", "-q"});
  CHECK(result.exit_code == 1);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "hint: opcache: set php_admin_value[opcache.enable] = 1 in "));
}

TEST_CASE("-q says nothing of a pool in which nothing is wrong") {
  auto options = one_pool();
  options.ini["opcache.validate_timestamps"] = "0";  // a note, with a hint
  options.global_lines.push_back("process_control_timeout = 10s");
  php_fpm const server{options};
  auto const loud = call(server, {"doctor"});
  INFO(loud.out << loud.err);
  CHECK(contains(loud.err, "cachetool opcache:refresh PATH --fcgi=" + server.endpoint().text()));
  auto const result = call(server, {"doctor", "-q"});
  CHECK(result.out.empty());
  if (loud.exit_code == 0) CHECK(result.err.empty());
  CHECK(loud.exit_code == 0);
}

TEST_CASE("--only-problems shows what is wrong alone, and nothing where nothing is") {
  php_fpm const sick{one_pool({"php_admin_value[disable_functions] = opcache_reset"})};
  auto const result = call(sick, {"doctor", "--only-problems", "--format=csv"});
  CHECK(result.exit_code == 1);
  CHECK(std::count(result.out.begin(), result.out.end(), '\n') == 2);
  CHECK(contains(result.out, ",opcache_reset,failure,"));
  php_fpm const well{one_pool()};
  auto const nothing = call(well, {"doctor", "--only-problems"});
  CHECK(nothing.exit_code == 0);
  CHECK(nothing.out.empty());
}

TEST_CASE("of several php-fpm each hint says which one it is for") {
  php_fpm const first;
  php_fpm const second;
  auto const output =
      run_program({"doctor", "--fcgi=" + first.endpoint().text(), "--fcgi=" + second.endpoint().text()});
  for (php_fpm const* server : {&first, &second}) {
    CHECK(contains(output.err, "hint: " + server->endpoint().text() + ": "));
  }
}
