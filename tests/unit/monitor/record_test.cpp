#include "monitor/record.hpp"

#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::monitor;

namespace {

constexpr std::int64_t hour = 3600;

look seen(std::int64_t time, std::int64_t used = 0) {
  look out;
  out.time = time;
  out.uptime = time - 1000;
  out.start = 5000;
  out.used = used;
  return out;
}

record with_looks(std::vector<look> const& looks) {
  record out;
  for (look const& each : looks) add(out, each, growth_between(out.last, each));
  return out;
}

}  // namespace

TEST_CASE("a record is read back as it was") {
  record before = with_looks({seen(10'000, 100), seen(20'000, 200)});
  before.endpoint = "/run/\"a\".sock";
  before.last.pending_since = 77;
  before.history.back().hit_rate = 99.5;
  auto const after = read_record(text_of(before));
  REQUIRE(after);
  CHECK(text_of(*after) == text_of(before));
  CHECK(after->endpoint == before.endpoint);
  CHECK(after->last.pending_since == 77);
  CHECK(after->history.back().hit_rate == 99.5);
}

TEST_CASE("what is no record is none, and figures that make no sense are bounded") {
  for (char const* const text :
       {"", "{}", "[]", "{\"shape\":2,\"last\":{}}", "{\"shape\":1}", "{\"shape\":1,\"last\":5}", "x"}) {
    CHECK_FALSE(read_record(text));
  }
  auto const odd = read_record(
      R"({"shape":1,"last":{"hits":9223372036854775807,"used":-9223372036854775807},"history":[1,[1,2],"x",[1,2,3,4,5,6,"y"]]})");
  REQUIRE(odd);
  CHECK(odd->last.hits == std::int64_t{1} << 50);
  CHECK(odd->last.used == -1);
  CHECK(odd->history.size() == 1);
}

TEST_CASE("what grew is the difference, or all of it after a restart of the cache") {
  look before = seen(10'000);
  before.hits = 100;
  before.oom_restarts = 1;
  look now = seen(20'000);
  now.hits = 150;
  now.misses = 5;
  now.oom_restarts = 3;
  CHECK(growth_between(before, now)->hits == 50);
  CHECK(growth_between(before, now)->oom_restarts == 2);
  now.restarted = 15'000;
  CHECK(growth_between(before, now)->hits == 150);
  now.pending_since = now.uptime - 30;
  CHECK(growth_between(before, now)->pending == 30);
}

TEST_CASE("after a start of php-fpm or of the machine nothing is compared") {
  look const before = seen(10'000);
  look now = seen(20'000);
  now.start = 15'000;
  CHECK_FALSE(growth_between(before, now));
  look untold = before;
  untold.start = now.start = 0;  // OPcache is off
  CHECK_FALSE(growth_between(untold, now));
  now = seen(20'000);
  now.uptime = 3;
  CHECK_FALSE(growth_between(before, now));
}

TEST_CASE("a clock that was set changes nothing of what grew") {
  look const before = seen(1'000'000);
  look now = seen(20'000);
  now.uptime = before.uptime + 60;
  now.hits = 7;
  CHECK(growth_between(before, now)->hits == 7);
}

TEST_CASE("the time until the cache is full comes from at least an hour of the same cache") {
  auto record = with_looks({seen(100 * hour, 0), seen(100 * hour + 3599, 1000)});
  CHECK_FALSE(time_until_full(record, 1000));
  record = with_looks({seen(100 * hour, 0), seen(101 * hour, 1000)});
  CHECK(time_until_full(record, 1000) == hour);
  record = with_looks({seen(93 * hour, 5000), seen(99 * hour, 0), seen(101 * hour, 1000)});
  CHECK(time_until_full(record, 1000) == 2 * hour);  // what is older than six hours does not count
  record = with_looks({seen(100 * hour, 1000), seen(101 * hour, 1000)});
  CHECK_FALSE(time_until_full(record, 1000));
  auto anew = seen(101 * hour, 1000);
  anew.restarted = 100 * hour + 60;
  CHECK_FALSE(time_until_full(with_looks({seen(100 * hour, 0), anew}), 1000));
}

TEST_CASE("a clock that jumps makes no false alarm of the time until full") {
  CHECK_FALSE(time_until_full(with_looks({seen(100 * hour, 0), seen(90 * hour, 1000)}), 1000));   // back
  CHECK_FALSE(time_until_full(with_looks({seen(100 * hour, 0), seen(900 * hour, 1000)}), 1000));  // ahead
}

TEST_CASE("resets count for a day") {
  look first = seen(1000 * hour);
  look second = seen(1001 * hour);
  second.manual_restarts = 3;
  look third = seen(1025 * hour);
  third.manual_restarts = 4;
  CHECK(resets_in_a_day(with_looks({first, second})) == 3);
  CHECK(resets_in_a_day(with_looks({first, second, third})) == 1);
}

TEST_CASE("the history is bounded, keeps both ends, and loses no reset") {
  record of;
  std::int64_t const begin = 1'000'000;
  for (std::int64_t i = 0; i < 5000; ++i) {
    look next = seen(begin + i);
    next.manual_restarts = i;
    add(of, next, growth_between(of.last, next));
    REQUIRE(of.history.size() <= most_points);
  }
  CHECK(of.history.front().time == begin);
  CHECK(of.history.back().time == begin + 4999);
  CHECK(resets_in_a_day(of) == 4999);
  CHECK(text_of(of).size() < std::size_t{256} << 10);
}
