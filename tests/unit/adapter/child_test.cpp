#include "adapter/child.hpp"

#include <unistd.h>

#include <array>
#include <csignal>

#include "adapter/adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace std::chrono_literals;
using adapter::child_options;
using adapter::run_child;

namespace {

struct outcome {
  adapter::child_result ended;
  std::string out;
};

outcome run(child_options const& options) {
  outcome result;
  result.ended = run_child(options, [&result](std::string_view part) { result.out += part; });
  return result;
}

error failure(child_options const& options) {
  try {
    run(options);
  } catch (error const& failed) {
    return failed;
  }
  FAIL("no error was thrown");
  throw 0;
}

child_options shell(std::string const& script) {
  child_options options;
  options.argv = {"sh", "-c", script};
  return options;
}

}  // namespace

TEST_CASE("a child reads its standard input to the end, and what it prints is passed on") {
  std::string const input = std::string(200'000, 'x') + '\0' + "end";
  child_options options;
  options.argv = {"cat"};
  options.input = input;
  CHECK(run(options).out == input);
}

TEST_CASE("descriptor 3 of a child holds the extra input") {
  child_options options = shell("cat <&3");
  options.input = "one";
  options.extra_input = "two";
  CHECK(run(options).out == "two");
}

TEST_CASE("a child's arguments pass through no shell") {
  child_options options;
  options.argv = {"printf", "%s", "$HOME `id` ; 'x'"};
  CHECK(run(options).out == "$HOME `id` ; 'x'");
}

TEST_CASE("a child has the environment of the parent and what was added") {
  child_options options = shell("echo \"$ADDED ${PATH:+path}\"");
  options.environment = {"ADDED=yes"};
  CHECK(run(options).out == "yes path\n");
}

TEST_CASE("a child's exit code and the beginning of its standard error are kept") {
  auto const result = run(shell("echo oops >&2; yes | head -c 100000 >&2; exit 7")).ended;
  CHECK(result.status == 7);
  CHECK(result.err.size() == 8192);
  CHECK(result.err.find("oops\n") == 0);
}

TEST_CASE("the status of a child that a signal ended is 128 and its number") {
  CHECK(run(shell("kill -TERM $$")).ended.status == 143);
}

TEST_CASE("a program that is not there is unreachable, and the error names it") {
  child_options options;
  options.argv = {"no-such-program-anywhere"};
  auto const failed = failure(options);
  CHECK(failed.kind() == error_kind::unreachable);
  CHECK(failed.message() == "there is no no-such-program-anywhere in PATH");
}

TEST_CASE("a child that takes too long is ended") {
  child_options options = shell("echo $$; exec sleep 60");
  options.timeout = 100ms;
  std::string out;
  auto const begin = std::chrono::steady_clock::now();
  try {
    run_child(options, [&out](std::string_view part) { out += part; });
    FAIL("no error was thrown");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::timeout);
  }
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  CHECK(kill(std::stoi(out), 0) == -1);
}

TEST_CASE("an interruption ends a child, also one that has closed its streams") {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  REQUIRE(write(ends[1], "x", 1) == 1);
  child_options options = shell("exec >&- 2>&-; exec sleep 60");
  options.interrupt_fd = ends[0];
  CHECK(failure(options).kind() == error_kind::interrupted);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("what the receiver throws passes through, and the child is ended") {
  CHECK_THROWS_WITH(run_child(shell("echo one; exec sleep 60"),
                              [](std::string_view) { throw error(error_kind::protocol, "enough"); }),
                    "enough");
}
