// However a run ends, it says so and leaves nothing behind.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
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

TEST_CASE("a reader that went away ends the program without a crash and without a trace") {
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
  CHECK(result.exit_code == 1);
  CHECK(result.err == "error: cannot write to standard output: Broken pipe\n");
  CHECK(place.empty());
}

TEST_CASE("a full disk behind standard output is an error, not a crash") {
  php_fpm const server{one_pool()};
  agent_directory const place;
  int const full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  auto options = as_pool_user();
  options.standard_output = full;
  auto const result = call(server, {"opcache:status", place.option()}, options);
  close(full);
  CHECK(result.exit_code == 1);
  CHECK(result.err == "error: cannot write to standard output: No space left on device\n");
  CHECK(place.empty());
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
  CHECK(contains(result.err, "not done within 0.3 s (--deadline)"));
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
