// cachetool.phar, as deploy scripts call it: php cachetool.phar COMMAND.

#include <sys/stat.h>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/php_build.hpp"
#include "support/program.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::contains;
using test::program_result;

namespace {

/// The stub, installed as it is meant to be, and a php to run it.
struct installed_stub {
  installed_stub() {
    std::filesystem::create_directories(prefix / "share/cachetool");
    std::filesystem::create_directories(prefix / "bin");
    std::filesystem::copy_file(CACHETOOL_STUB, phar);
    std::filesystem::create_symlink(test::built_program(), prefix / "bin/cachetool");
    if (!php.libraries.empty()) options.environment["LD_LIBRARY_PATH"] = php.libraries;
    options.environment["PATH"] = "/usr/bin:/bin";
    options.path = php.cli;
    options.directory = prefix.path();
  }

  program_result run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"-n", "-d", "disable_functions=" + disabled, phar});
    return test::run_program(arguments, options);
  }

  test::php_build php = test::find_php(test::wanted_php()).value();
  test::temp_dir prefix;
  std::string phar = prefix / "share/cachetool/cachetool.phar";
  std::string disabled;
  test::program_options options;
};

void check_hand_over(installed_stub const& stub) {
  auto const version = stub.run({"-V"});
  CHECK(version.out == "CacheTool 11.0.0\n");
  CHECK(version.err.empty());
  CHECK(version.exit_code == 0);

  auto const wrong = stub.run({"it's `no` \"command\" $HOME \xff"});
  CHECK(contains(wrong.err, "the command \"it's `no` \"command\" $HOME \\xFF\" does not exist"));
  CHECK(wrong.out.empty());
  CHECK(wrong.exit_code == 2);

  CHECK(stub.run({"opcache:reset", "--fcgi=/no/such.sock", "--retries=0"}).exit_code == 3);
}

}  // namespace

TEST_CASE_METHOD(installed_stub, "the stub hands over arguments, output and exit code") {
  check_hand_over(*this);
}

TEST_CASE_METHOD(installed_stub, "the stub does without pcntl_exec()") {
  disabled = "pcntl_exec";
  check_hand_over(*this);
}

TEST_CASE_METHOD(installed_stub, "the stub says so if PHP may start no process") {
  disabled = "pcntl_exec,proc_open";
  auto const result = run({"-V"});
  CHECK(contains(result.err, "neither pcntl_exec() nor proc_open() may be used"));
  CHECK(result.exit_code == 126);
}

TEST_CASE_METHOD(installed_stub, "the stub finds a program that lies beside it") {
  std::filesystem::rename(prefix / "bin/cachetool", prefix / "share/cachetool/cachetool");
  check_hand_over(*this);
}

TEST_CASE_METHOD(installed_stub, "the stub finds a program in PATH, and passes over a PHP program of the same name") {
  std::filesystem::rename(prefix / "bin", prefix / "other");
  std::filesystem::create_directory(prefix / "php");
  std::filesystem::copy_file(phar, prefix / "php/cachetool");
  chmod((prefix / "php/cachetool").c_str(), 0755);
  options.environment["PATH"] = (prefix / "php") + ":" + (prefix / "other");
  check_hand_over(*this);
}

TEST_CASE_METHOD(installed_stub, "the stub runs no program of the working directory, whatever PATH says") {
  std::filesystem::remove(prefix / "bin/cachetool");
  std::filesystem::create_symlink(test::built_program(), prefix / "cachetool");
  for (auto const* path : {"", ".", ":", "bin:."}) {
    options.environment["PATH"] = path;
    CHECK(run({"-V"}).exit_code == 127);
  }
}

TEST_CASE_METHOD(installed_stub, "a program that the stub started ends when the stub is ended") {
  if (access("/usr/bin/setpriv", X_OK) != 0) return test::skip("there is no setpriv");
  disabled = "pcntl_exec";
  std::filesystem::remove(prefix / "bin/cachetool");
  std::filesystem::copy_file("/usr/bin/sleep", prefix / "bin/cachetool");
  test::program stub({"-n", "-d", "disable_functions=" + disabled, phar, "20"}, options);
  std::string const children =
      "/proc/" + std::to_string(stub.pid()) + "/task/" + std::to_string(stub.pid()) + "/children";
  pid_t child = 0;
  for (int i = 0; i < 200 && child == 0; ++i) {
    std::ifstream(children) >> child;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  REQUIRE(child > 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // until it is the program
  stub.signal(SIGTERM);
  static_cast<void>(stub.finish());
  bool alive = true;
  for (int i = 0; i < 100 && alive; ++i) {
    alive = kill(child, 0) == 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK_FALSE(alive);
}

TEST_CASE_METHOD(installed_stub, "the stub without a program says where it looked") {
  std::filesystem::remove(prefix / "bin/cachetool");
  auto const result = run({"-V"});
  CHECK(contains(result.err, "the native program cachetool is neither beside this file nor in PATH"));
  CHECK(result.exit_code == 127);
}
