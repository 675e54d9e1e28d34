// What is said when a call fails: why, and which line or command helps.

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/php_build.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

using namespace std::chrono_literals;

fpm_options small_pool(std::string const& listen = {}, std::vector<std::string> lines = {}, int max_children = 1) {
  auto options = one_pool(std::move(lines), max_children);
  options.pools.front().listen = listen;
  return options;
}

/// The line of the server's configuration with this text, as a message names it.
std::string line_of(php_fpm const& server, std::string const& text) {
  std::ifstream config(server.directory() + "/fpm.conf");
  std::string line;
  for (int number = 1; std::getline(config, line); ++number) {
    if (line == text) return server.directory() + "/fpm.conf:" + std::to_string(number) + " (" + text + ")";
  }
  FAIL("the configuration has no line " + text);
  return {};
}

/// Connections that a web server keeps open for its next request, one for each of so many workers.
std::vector<fastcgi::connection> keep_connections(php_fpm const& server, int count) {
  auto request = request_for(server.write_script("nothing.php", "<?php"));
  request.keep_connection = true;
  std::vector<fastcgi::connection> kept;
  for (int i = 0; i < count; ++i) {
    kept.push_back(fastcgi::client(server.endpoint()).connect());
    kept.back().execute(request);
  }
  return kept;
}

program_result impatient(php_fpm const& server, program_options const& options = {}) {
  return call(server, {"opcache:status", "--timeout=0.3", "--connect-timeout=0.3"}, options);
}

void check_says(program_result const& result, std::string const& message, std::string const& hint) {
  INFO(result.err);
  CHECK(contains(result.err, message));
  CHECK(contains(result.err, "\nhint: "));
  CHECK(contains(result.err, hint));
}

}  // namespace

TEST_CASE("a pool that is busy is told with how many workers are, and the line that says how many there may be") {
  php_fpm const server(small_pool(GENERATE(as<std::string>{}, "", "127.0.0.1:0")));
  long_request const running(server, 20s);
  auto const result = impatient(server, GENERATE(program_options{}, as_nobody()));
  CHECK(result.exit_code == 4);
  check_says(result, "no answer within 300 ms: the only worker of the pool www is busy, and 1 connection waits",
             line_of(server, "pm.max_children = 1"));
  CHECK(contains(result.err, "php-fpm may still run the call"));
}

TEST_CASE("a full backlog is told with how many workers are busy, and nothing was begun") {
  php_fpm const server(small_pool({}, {"listen.backlog = 1"}));
  long_request const running(server, 20s);
  std::vector<fastcgi::connection> waiting;
  for (int i = 0; i < 2; ++i) waiting.push_back(fastcgi::client(server.endpoint()).connect());
  auto const result = impatient(server);
  CHECK(result.exit_code == 4);
  check_says(result, "the backlog was full for 300 ms: the only worker of the pool www is busy, and 2 connections wait",
             "--connect-timeout=SECONDS");
  CHECK(contains(result.err, "the call was not begun"));
}

TEST_CASE("workers that a web server's kept connections hold are told as such") {
  if (!is_root()) return skip("needs root");
  php_fpm const server(small_pool(GENERATE(as<std::string>{}, "", "127.0.0.1:0"), {}, 2));
  auto const kept = keep_connections(server, 2);
  auto const result = impatient(server);
  CHECK(result.exit_code == 4);
  check_says(result,
             "all 2 of 2 workers of the pool www are busy, held by connections that their clients keep open, and 1 "
             "connection waits",
             "set 'fastcgi_keep_conn off' in nginx, or raise " + line_of(server, "pm.max_children = 2"));
}

TEST_CASE("a call that takes long on an idle pool wants more time, not more workers") {
  if (!is_root()) return skip("needs root");
  php_fpm const server(small_pool({}, {}, 2));
  auto const result = call(server, {"php:eval", "--timeout=0.3", "-r", "sleep(2);"});
  CHECK(result.exit_code == 4);
  check_says(result, "no answer within 300 ms: 1 of 2 workers of the pool www is busy; php-fpm may still run the call",
             "hint: allow more time: --timeout=SECONDS");
}

TEST_CASE("stat:clear on a busy pool says so, and which option gives it more time") {
  php_fpm const server(small_pool());
  long_request const running(server, 20s);
  auto const result = call(server, {"stat:clear", "--deadline=0.5"});
  CHECK(result.exit_code == 4);
  check_says(result, "the only worker of the pool www is busy", "--deadline=SECONDS");
}

TEST_CASE("what a pool's configuration forbids is told with its line") {
  struct row {
    std::string line;
    std::vector<std::string> command;
  };
  auto const one = GENERATE(values<row>({
      {"security.limit_extensions = .phtml", {"opcache:status"}},
      {"php_admin_value[open_basedir] = /nowhere", {"opcache:status"}},
      {"php_admin_value[opcache.restrict_api] = /nowhere", {"opcache:reset"}},
      {"php_admin_value[disable_functions] = opcache_reset", {"opcache:reset"}},
      {"php_admin_flag[opcache.enable] = off", {"opcache:reset"}},
      {"php_admin_flag[opcache.enable] = off", {"opcache:status:scripts"}},
      {"php_admin_value[memory_limit] = 2M", {"php:eval", "-r", "str_repeat('x', 1 << 22);"}},
      {"request_terminate_timeout = 1s", {"php:eval", "-r", "while (true);"}},
  }));
  CAPTURE(one.line);
  php_fpm const server(one_pool({one.line}));
  auto const result = call(server, one.command);
  INFO(result.err);
  CHECK(result.exit_code != 0);
  CHECK(contains(result.err, "; see " + line_of(server, one.line)));
}

TEST_CASE("a client that the pool does not take is told with the line") {
  php_fpm const server(small_pool("127.0.0.1:0", {"listen.allowed_clients = 192.0.2.1"}));
  check_says(call(server, {"opcache:status"}), "; see " + line_of(server, "listen.allowed_clients = 192.0.2.1"),
             "listen.allowed_clients");
}

TEST_CASE("an ordinary user is told of the chroot that hides the agent") {
  if (!is_root()) return skip("needs root");
  temp_dir const jail;
  php_fpm const server(one_pool({"chroot = " + jail.path()}));
  auto const result = call(server, {"opcache:status"}, as_pool_user());
  CHECK(result.exit_code == 5);
  CHECK(contains(result.err, "; see " + line_of(server, "chroot = " + jail.path())));
}

TEST_CASE("a forbidden socket is told with its owner, group and mode, and the caller's own user and groups") {
  if (!is_root()) return skip("needs root");
  auto options = one_pool({"listen.owner = www-data", "listen.group = www-data"});
  options.pools.front().lines.push_back("listen.mode = 0660");
  php_fpm const server(options);
  auto const result = call(server, {"opcache:status"}, as_nobody());
  CHECK(result.exit_code == 3);
  check_says(result,
             "permission denied: the socket belongs to www-data (uid 33) and the group www-data (gid 33), its "
             "mode is 0660, and the caller is nobody (uid 65534) in the group",
             "sudo -u www-data cachetool ...");
  CHECK(contains(result.err, "usermod -aG www-data nobody"));
  CHECK(contains(result.err, line_of(server, "listen.group = www-data")));
}

TEST_CASE("a directory that keeps the caller from the socket is named with its owner and mode") {
  if (!is_root()) return skip("needs root");
  temp_dir const directory;
  std::filesystem::create_directory(directory / "closed");
  php_fpm const server(small_pool(directory / "closed/www.sock"));
  REQUIRE(chmod((directory / "closed").c_str(), 0700) == 0);
  auto const result = call(server, {"opcache:status"}, as_nobody());
  CHECK(result.exit_code == 3);
  check_says(result, "permission denied: the directory " + directory / "closed" + " belongs to root (uid 0)",
             "sudo cachetool ...");
  CHECK(contains(result.err, line_of(server, "listen = " + directory / "closed/www.sock")));
}

TEST_CASE("empty pages behind a worker of another user that holds up a restart: root is told which it is") {
  if (!is_root()) return skip("needs root");
  auto options = one_pool({"user = nobody", "group = nogroup"});
  options.pools.push_back({.name = "other", .lines = {"listen.mode = 0666"}});
  options.ini["opcache.force_restart_timeout"] = "1";
  php_fpm const server(options);
  long_request const holding(server, 20s);
  static_cast<void>(run_program(arguments_for(server, {"opcache:reset"}, "other")));
  std::this_thread::sleep_for(1500ms);
  auto const result = run_program(arguments_for(server, {"opcache:status", "--retries=0"}, "other"));
  CHECK(result.exit_code == 5);
  check_says(result, "php-fpm answered with an empty page", "or end it as root: kill ");
  CHECK(contains(result.err, " of the pool www (user nobody), which PHP may not end"));
}

TEST_CASE("code that ends the request before it returns is told what to leave out") {
  php_fpm const server;
  auto const result = call(server, {"php:eval", "-r", "echo \"printed\\n\"; fastcgi_finish_request(); return 1;"});
  CHECK(result.exit_code == 5);
  CHECK(result.out == "printed\n");
  check_says(result, "PHP ended the request before the code returned", "leave out fastcgi_finish_request()");
}

TEST_CASE("a pool on a port in a network namespace of its own is told with it, and the way in works") {
  if (!is_root()) return skip("needs root");
  if (std::system("unshare -n nsenter --version >/dev/null 2>&1") != 0) return skip("needs unshare and nsenter");
  auto const php = find_php(php_fpm::version());
  if (!php) return skip("no php-fpm");
  temp_dir const directory;
  std::string const config = directory / "fpm.conf";
  std::ofstream(config) << "[global]\nerror_log = " << directory / "log"
                        << "\ndaemonize = no\n[boxed]\nuser = nobody\ngroup = nogroup\n"
                        << "listen = 127.0.0.1:9000\npm = static\npm.max_children = 1\n";
  child_options options;
  options.argv = {
      "/usr/bin/unshare", "-n", "/bin/sh", "-c", "ip link set lo up && exec \"$1\" -F -R -y \"$0\"", config, php->fpm};
  options.environment = php->environment();
  options.environment.push_back("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
  options.environment.push_back("PADDING=" + std::string(200, 'x'));  // php-fpm puts its title there
  child_process const master(options);
  program_result listed;
  for (int tries = 0; tries < 250 && !contains(listed.out, "boxed"); ++tries) {
    std::this_thread::sleep_for(20ms);
    listed = run_program({"fpm:list"});
  }
  CHECK(contains(listed.out, "no: it listens on 127.0.0.1:9000 in a network namespace of its own (a container)"));
  std::string const pid = std::to_string(master.pid());
  CHECK(contains(listed.err, "nsenter -t " + pid + " -n cachetool ... --fcgi=127.0.0.1:9000"));
  program_options inside;
  inside.path = "/usr/bin/nsenter";
  auto const answer =
      run_program({"-t", pid, "-n", built_program(), "stat:realpath_size", "--fcgi=127.0.0.1:9000"}, inside);
  INFO(answer.err);
  CHECK(answer.exit_code == 0);
}
