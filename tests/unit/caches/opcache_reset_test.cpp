// What a reset may do to requests that run is weighed by their age.

#include "caches/opcache_reset.hpp"
#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace std::chrono_literals;

namespace {

opcache::blocker request_of(std::optional<std::chrono::milliseconds> age) {
  return {812, "www", 33, "/srv/export.php", age};
}

php::value state_of(bool enabled, bool pending, std::int64_t restarts) {
  return test::named(
      {{"opcache_enabled", enabled},
       {"restart_pending", pending},
       {"restarting", !enabled},
       {"opcache_statistics", test::named({{"start_time", std::int64_t{1000}}, {"manual_restarts", restarts}})}});
}

/// A PHP that refuses a reset between these two states, and goes on in the latter.
test::fake_adapter refusing(php::value const& before, php::value const& after) {
  return test::fake_adapter([=](agent::call const& what) {
    agent::answer answer;
    answer.php_version = "8.5.0";
    answer.result = what.operation == "opcache.reset"
                        ? test::named({{"before", before}, {"accepted", false}, {"after", after}})
                        : after;
    return answer;
  });
}

}  // namespace

TEST_CASE("a reset that PHP refused, because another one was scheduled and took place meanwhile, is joined") {
  auto php = refusing(state_of(true, false, 7), state_of(true, false, 8));
  auto const report = opcache::reset(php);
  CHECK(report.what == opcache::reset_report::outcome::confirmed);
  CHECK(report.joined);
}

TEST_CASE("a reset that PHP refused while another one waits is joined, and is not confirmed before that took place") {
  auto php = refusing(state_of(true, false, 7), state_of(false, true, 7));
  auto const report = opcache::reset(php, {.patience = 20ms});
  CHECK(report.what == opcache::reset_report::outcome::scheduled);
  CHECK(report.joined);
}

TEST_CASE("a reset that PHP refused without any restart is an error") {
  auto php = refusing(state_of(true, false, 7), state_of(true, false, 7));
  CHECK_THROWS_AS(opcache::reset(php), error);
}

TEST_CASE("a request that has taken half of the time that PHP gives a restart is a risk") {
  CHECK(opcache::risks_of({request_of(90s)}, {33}, 180s).size() == 1);
  CHECK(opcache::risks_of({request_of(89s)}, {33}, 180s).empty());
}

TEST_CASE("a request is no risk where PHP never ends who keeps a restart waiting") {
  CHECK(opcache::risks_of({request_of(1000s)}, {33}, 0s).empty());
}

TEST_CASE("a request of unknown age that goes on is a risk") {
  CHECK(opcache::risks_of({request_of(std::nullopt)}, {33}, 180s).size() == 1);
  CHECK(opcache::risks_of({request_of(std::nullopt)}, {33, 34}, 180s).size() == 1);
}

TEST_CASE("a risk says whose request it is, for how long it runs and what happens") {
  CHECK(opcache::risks_of({request_of(95s)}, {33}, 180s).front() ==
        "a request runs for long already (worker 812 of the pool www (uid 33), /srv/export.php, for 95 s): if it goes "
        "on for 180 s more, PHP ends its worker, and its client gets no answer");
}

TEST_CASE("a worker of which little is known is described by what is known") {
  CHECK(opcache::describe({.pid = 7, .pool = {}, .user = {}, .script = {}, .age = {}}) == "worker 7");
  CHECK(opcache::describe({.pid = 7, .pool = "www", .user = {}, .script = {}, .age = 1500ms}) ==
        "worker 7 of the pool www, for 1.5 s");
}
