#include "cli/targets/switch_gate.hpp"

#include <sys/eventfd.h>

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <thread>

#include <cachetool/error.hpp>

#include "support/catch.hpp"

using namespace cachetool;
using cli::switch_gate;

namespace {

using namespace std::chrono_literals;

/// Who goes through in a thread of its own; the kind of its error, nothing if it passed.
std::future<std::optional<error_kind>> goes_through(switch_gate& gate) {
  return std::async(std::launch::async, [&gate]() -> std::optional<error_kind> {
    switch_gate::ticket ticket(gate);
    try {
      ticket.pass();
    } catch (error const& failed) {
      return failed.kind();
    }
    return std::nullopt;
  });
}

}  // namespace

TEST_CASE("the last one at the gate does it, once, for all") {
  std::atomic<int> done = 0;
  switch_gate gate(
      3, [&done] { ++done; }, -1);
  auto one = goes_through(gate);
  auto two = goes_through(gate);
  std::this_thread::sleep_for(20ms);
  CHECK(done == 0);
  auto three = goes_through(gate);
  CHECK_FALSE(one.get());
  CHECK_FALSE(two.get());
  CHECK_FALSE(three.get());
  CHECK(done == 1);
}

TEST_CASE("who waits at the gate for somebody who never comes is ended by what ends the command") {
  base::unique_fd const interrupt(eventfd(0, EFD_CLOEXEC));
  bool done = false;
  switch_gate gate(
      2, [&done] { done = true; }, interrupt.get());
  auto waiting = goes_through(gate);
  std::this_thread::sleep_for(20ms);
  eventfd_write(interrupt.get(), 1);
  CHECK(waiting.get() == error_kind::interrupted);
  auto late = goes_through(gate);
  CHECK(late.get() == error_kind::php_error);
  CHECK_FALSE(done);
}

TEST_CASE("one that is not ready keeps the gate shut for all") {
  bool done = false;
  switch_gate gate(
      2, [&done] { done = true; }, -1);
  auto waiting = goes_through(gate);
  { switch_gate::ticket const unused(gate); }
  CHECK(waiting.get() == error_kind::php_error);
  CHECK_FALSE(done);
}

TEST_CASE("what the action throws is thrown to all") {
  switch_gate gate(
      2, [] { throw error(error_kind::placement, "no"); }, -1);
  auto one = goes_through(gate);
  auto two = goes_through(gate);
  CHECK(one.get() == error_kind::placement);
  CHECK(two.get() == error_kind::placement);
}
