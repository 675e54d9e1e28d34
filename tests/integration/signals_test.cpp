// However a run ends, it says so and leaves nothing behind.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/unique_fd.hpp"
#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto at_once = 3s;  // 200 ms, and what a busy machine and a sanitizer add; what is waited for takes longer

/// A directory for the agent that the program may write, whoever it is run by.
class agent_directory {
 public:
  agent_directory() { chmod(directory_.path().c_str(), 01777); }

  [[nodiscard]] std::string option() const { return "--tmp-dir=" + directory_.path(); }
  [[nodiscard]] bool empty() const { return std::filesystem::is_empty(directory_.path()); }

  void wait_until_used() const {
    for (int i = 0; i < 2000 && empty(); ++i) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(30ms);  // now the request is sent, and waits for a worker
  }

 private:
  temp_dir directory_;
};

class closed_pipe {
 public:
  closed_pipe() {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    close(ends[0]);
    write_end_ = ends[1];
  }
  ~closed_pipe() { close(write_end_); }
  [[nodiscard]] int write_end() const noexcept { return write_end_; }

 private:
  int write_end_;
};

class full_disk {
 public:
  [[nodiscard]] int get() const noexcept { return file_.get(); }

 private:
  base::unique_fd file_{open("/dev/full", O_WRONLY | O_CLOEXEC)};
};

/// Its other end is open, and nobody reads there.
class unread_pipe {
 public:
  unread_pipe() {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    read_end_ = base::unique_fd(ends[0]);
    write_end_ = base::unique_fd(ends[1]);
  }
  [[nodiscard]] int write_end() const noexcept { return write_end_.get(); }

 private:
  base::unique_fd read_end_;
  base::unique_fd write_end_;
};

fpm_options open_to_all() {
  return one_pool({"listen.mode = 0666"});
}

/// A user who may have two threads, and to whom a site belongs.
class owned_by_few_threads {
 public:
  explicit owned_by_few_threads(site const& of) {
    REQUIRE(chown(of.directory().c_str(), user, user) == 0);
    REQUIRE(chmod(of.directory().c_str(), 0755) == 0);
  }

  [[nodiscard]] program_result run(std::vector<std::string> const& arguments) const {
    program_options options;
    options.user = user;
    options.path = "/usr/bin/prlimit";
    std::vector<std::string> all{"--nproc=2", built_program()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_program(all, options);
  }

 private:
  static constexpr uid_t user = 64901;  // nobody's
};

struct ending {
  int signal;
  int exit_code;
  std::string name;
};

}  // namespace

TEST_CASE("a signal in the middle of a call ends it at once, and nothing is left behind") {
  auto const how =
      GENERATE(values<ending>({{SIGTERM, 143, "SIGTERM"}, {SIGINT, 130, "SIGINT"}, {SIGHUP, 129, "SIGHUP"}}));
  auto const command = GENERATE(as<std::string>{}, "opcache:status", "opcache:reset");
  CAPTURE(how.name, command);
  php_fpm const server{one_pool({}, 1)};
  agent_directory const place;
  long_request const busy(server, 5s);
  program running(arguments_for(server, {command, place.option()}), as_pool_user());
  place.wait_until_used();
  auto const sent = clock::now();
  running.signal(how.signal);
  auto const result = running.finish();
  CHECK(clock::now() - sent < at_once);
  CHECK(result.exit_code == how.exit_code);
  CHECK(result.out.empty());
  CHECK(result.err.ends_with(": interrupted by " + how.name + "\n"));
  CHECK(place.empty());
}

TEST_CASE("a signal while a reset waits for running requests ends it at once") {
  php_fpm const server{one_pool({}, 2)};
  agent_directory const place;
  long_request const busy(server, 5s);
  program running(arguments_for(server, {"opcache:reset", place.option()}), as_pool_user());
  place.wait_until_used();
  std::this_thread::sleep_for(100ms);
  running.signal(SIGTERM);
  auto const sent = clock::now();
  CHECK(running.finish().exit_code == 143);
  CHECK(clock::now() - sent < at_once);
  CHECK(place.empty());
}

TEST_CASE("a signal while a socket is waited for ends it at once") {
  agent_directory const place;
  program running({"opcache:status", "--retries=100", "--fcgi=/tmp/cachetool-test-no-such.sock", place.option()});
  std::this_thread::sleep_for(1s);  // now it has begun to wait
  running.signal(SIGINT);
  auto const sent = clock::now();
  CHECK(running.finish().exit_code == 130);
  CHECK(clock::now() - sent < at_once);
  CHECK(place.empty());
}

TEST_CASE("a signal while another deployment is waited for ends it at once, and says that nothing was switched") {
  auto const how = GENERATE(values<ending>({{SIGTERM, 143, "SIGTERM"}, {SIGINT, 130, "SIGINT"}}));
  CAPTURE(how.name);
  site const pages;
  base::unique_fd const held(open(pages.directory().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(flock(held.get(), LOCK_EX | LOCK_NB) == 0);
  program running({"deploy:switch", pages.current(), pages.release("2"), "--fcgi=/tmp/cachetool-test-no-such.sock"});
  std::this_thread::sleep_for(1s);  // now it waits
  running.signal(how.signal);
  auto const sent = clock::now();
  auto const result = running.finish();
  INFO(result.err);
  CHECK(clock::now() - sent < at_once);
  CHECK(result.exit_code == how.exit_code);
  CHECK(contains(result.err, "error: deploy:switch: interrupted by " + how.name + "\n"));
  std::string const holder = is_root() ? "process " + std::to_string(getpid()) : "";
  CHECK(contains(result.err, "error: nothing was switched; this deployment waited for " + holder));
  CHECK(std::filesystem::read_symlink(pages.current()) == pages.release("1"));
}

TEST_CASE("a signal that was ignored when the program was started does not end it") {
  php_fpm const server{one_pool({}, 1)};
  agent_directory const place;
  long_request const busy(server, 300ms);
  std::signal(SIGHUP, SIG_IGN);
  program running(arguments_for(server, {"opcache:status", place.option()}), as_pool_user());
  std::signal(SIGHUP, SIG_DFL);
  place.wait_until_used();
  running.signal(SIGHUP);
  CHECK(running.finish().exit_code == 0);
  CHECK(place.empty());
}

TEST_CASE("what a killed run left is removed by the next run") {
  php_fpm const server{one_pool({}, 1)};
  agent_directory const place;
  {
    long_request const busy(server, 5s);
    program running(arguments_for(server, {"opcache:status", place.option()}), as_pool_user());
    place.wait_until_used();
    running.signal(SIGKILL);
    CHECK(running.finish().signal == SIGKILL);
  }
  CHECK_FALSE(place.empty());
  CHECK(call(server, {"opcache:status", place.option()}, as_pool_user()).exit_code == 0);
  CHECK(place.empty());
}

TEST_CASE("a reader that went away is no error: what was asked for is done, and nothing is left behind") {
  php_fpm const server{one_pool()};
  for (int i = 0; i < 200; ++i) run_script(server, server.write_script("s" + std::to_string(i) + ".php", "<?php"));
  agent_directory const place;
  closed_pipe const nobody;
  auto const command = GENERATE(as<std::string>{}, "opcache:status", "opcache:status:scripts", "opcache:reset");
  auto const format = GENERATE(as<std::string>{}, "table", "json");
  CAPTURE(command, format);
  auto options = as_pool_user();
  options.standard_output = nobody.write_end();
  auto const result = call(server, {command, "--format=" + format, place.option()}, options);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK(place.empty());
  if (command == "opcache:reset") CHECK(cache_status(server)["opcache_statistics"]["manual_restarts"].as_int() == 1);
}

TEST_CASE("what was done is told on standard error where standard output cannot be written, with a code of its own") {
  php_fpm const server{one_pool()};
  agent_directory const place;
  full_disk const full;
  auto options = as_pool_user();
  options.standard_output = full.get();
  auto const result = call(server, {"opcache:reset", place.option()}, options);
  CHECK(result.exit_code == 6);
  CHECK(result.err.starts_with(
      "error: standard output cannot be written: No space left on device; what it would have said:\n" +
      server.endpoint().text() + " (pool www): OPcache reset, confirmed"));
  CHECK(place.empty());
}

TEST_CASE("a release that went live is told also where standard output is full") {
  site const of;
  of.link("1");
  php_fpm const server{options_for(2)};
  visit(server, of);
  full_disk const full;
  program_options options;
  options.standard_output = full.get();
  auto const result = call(server, {"deploy:switch", of.current(), of.release("2")}, options);
  CHECK(result.exit_code == 6);
  CHECK(contains(result.err, "is served"));
  CHECK(std::filesystem::read_symlink(of.current()) == of.release("2"));
}

TEST_CASE("a command that fails keeps its exit code where standard output is full") {
  full_disk const full;
  program_options options;
  options.standard_output = full.get();
  auto const result =
      run_program({"opcache:status", "--format=json", "--fcgi=/tmp/cachetool-test-no-such.sock"}, options);
  CHECK(result.exit_code == 3);
  CHECK(contains(result.err, "no such socket"));
}

TEST_CASE("no more than a bounded part of a long output goes to standard error") {
  php_fpm const server{one_pool()};
  full_disk const full;
  program_options options;
  options.standard_output = full.get();
  auto const result = call(server, {"php:eval", "-r", "echo str_repeat(\"line\\n\", 1000000);"}, options);
  CHECK(result.exit_code == 6);
  CHECK(result.err.size() > 60000);
  CHECK(result.err.size() < 70000);
}

TEST_CASE("a deadline holds also when nobody reads what is printed") {
  php_fpm const server{one_pool()};
  unread_pipe const nobody;
  auto options = program_options();
  options.standard_output = nobody.write_end();
  auto const start = clock::now();
  auto const result = call(server, {"php:eval", "-r", "echo str_repeat('x', 9000000);", "--deadline=0.5"}, options);
  CHECK(clock::now() - start < 500ms + at_once);
  CHECK(result.exit_code == 4);
  CHECK(contains(result.err, "not done within 500 ms"));
}

TEST_CASE("a switch of two php-fpm for which there are too few threads is refused before anything begins") {
  if (!is_root()) return skip("needs root: a limit of processes for a user of its own");
  site const of;
  of.link("1");
  fpm_options const options = open_to_all();
  php_fpm const one{options};
  php_fpm const two{options};
  owned_by_few_threads const user(of);
  auto const result = user.run({"deploy:switch", of.current(), of.release("2"), "--fcgi=" + one.endpoint().text(),
                                "--fcgi=" + two.endpoint().text()});
  CHECK_FALSE(result.timed_out);
  CHECK(result.exit_code == 5);
  CHECK(contains(result.err, "nothing was begun"));
  CHECK(std::filesystem::read_symlink(of.current()) == of.release("1"));
}

TEST_CASE("a command whose targets do not wait for each other does with the threads that there are") {
  if (!is_root()) return skip("needs root: a limit of processes for a user of its own");
  site const of;
  php_fpm const one{open_to_all()};
  php_fpm const two{open_to_all()};
  owned_by_few_threads const user(of);
  auto const result = user.run({"opcache:reset", "--fcgi=" + one.endpoint().text(), "--fcgi=" + two.endpoint().text()});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, one.endpoint().text() + " (pool www): OPcache reset, confirmed"));
  CHECK(contains(result.out, two.endpoint().text() + " (pool www): OPcache reset, confirmed"));
}

TEST_CASE("a time-out leaves nothing behind") {
  php_fpm const server{one_pool({}, 1)};
  agent_directory const place;
  long_request const busy(server, 5s);
  auto const result = call(server, {"opcache:status", "--timeout=0.2", place.option()}, as_pool_user());
  CHECK(result.exit_code == 4);
  CHECK(contains(result.err, "no answer within 200 ms"));
  CHECK(place.empty());
}

TEST_CASE("a command that is not done by its deadline ends with 4, and says so") {
  php_fpm const server{one_pool()};
  auto const start = clock::now();
  auto const result = call(server, {"php:eval", "-r", "sleep(10);", "--deadline=0.3"});
  CHECK(clock::now() - start < 300ms + at_once);
  CHECK(result.exit_code == 4);
  CHECK(contains(result.err, "not done within 300 ms (--deadline)"));
  CHECK(contains(result.err, "\nhint: "));
}

TEST_CASE("what a deadline leaves undone is an error in whole JSON, target by target") {
  php_fpm const busy{one_pool({}, 1)};
  php_fpm const idle{one_pool()};
  long_request const held(busy, 3s);
  auto const result = run_program({"opcache:status", "--fcgi=" + busy.endpoint().text(),
                                   "--fcgi=" + idle.endpoint().text(), "--deadline=0.5", "--format=json"});
  CHECK(result.exit_code == 4);
  auto const targets = nlohmann::json::parse(result.out).at("targets");
  REQUIRE(targets.size() == 2);
  CHECK(targets.at(0).at("ok") == false);
  CHECK(targets.at(0).at("error").at("kind") == "timeout");
  CHECK(targets.at(1).at("ok") == true);
}

TEST_CASE("a deadline that is not reached changes nothing") {
  php_fpm const server;
  auto const result = call(server, {"opcache:status", "--deadline=20"});
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
}
