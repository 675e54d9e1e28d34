#include "caches/opcache_answer.hpp"

#include <cstdint>
#include <limits>

#include "caches/figures.hpp"
#include "caches/script_selection.hpp"
#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using test::named;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

/// Each figure that PHP tells, with this value.
opcache::status status_of(php::value const& each) {
  agent::answer answer;
  answer.result = named(
      {{"opcache_enabled", true},
       {"memory_usage", named({{"used_memory", each},
                               {"free_memory", each},
                               {"wasted_memory", each},
                               {"current_wasted_percentage", each}})},
       {"interned_strings_usage",
        named({{"buffer_size", each}, {"used_memory", each}, {"free_memory", each}, {"number_of_strings", each}})},
       {"opcache_statistics", named({{"num_cached_scripts", each},
                                     {"num_cached_keys", each},
                                     {"max_cached_keys", each},
                                     {"start_time", each},
                                     {"last_restart_time", each},
                                     {"oom_restarts", each},
                                     {"hash_restarts", each},
                                     {"manual_restarts", each},
                                     {"hits", each},
                                     {"misses", each},
                                     {"blacklist_misses", each},
                                     {"blacklist_miss_ratio", each},
                                     {"opcache_hit_rate", each}})}});
  return opcache::to_status(answer);
}

void check_all(opcache::status const& status, std::int64_t count, double percentage) {
  REQUIRE((status.memory && status.strings && status.counts));
  auto const& [used, free, wasted, wasted_percentage] = *status.memory;
  for (std::int64_t const each : {used, free, wasted}) CHECK(each == count);
  CHECK(wasted_percentage == percentage);
  opcache::interned_strings const& strings = *status.strings;
  for (std::int64_t const each : {strings.buffer_size, strings.used, strings.free, strings.count}) CHECK(each == count);
  opcache::statistics const& of = *status.counts;
  for (std::int64_t const each :
       {of.scripts, of.keys, of.max_keys, of.start_time, of.last_restart_time, of.oom_restarts, of.hash_restarts,
        of.manual_restarts, of.hits, of.misses, of.blacklist_misses}) {
    CHECK(each == count);
  }
  CHECK(of.blacklist_miss_ratio == percentage);
  CHECK(of.hit_rate == percentage);
}

}  // namespace

TEST_CASE("figures that can be are taken as PHP tells them") {
  check_all(status_of(42), 42, 42);
  check_all(status_of(0), 0, 0);
  check_all(status_of(std::int64_t{1} << 50), std::int64_t{1} << 50, 100);
}

TEST_CASE("figures that cannot be are the nearest that can") {
  check_all(status_of(-1), 0, 0);
  check_all(status_of(std::numeric_limits<std::int64_t>::min()), 0, 0);
  check_all(status_of(std::numeric_limits<std::int64_t>::max()), caches::most_counted, 100);
}

TEST_CASE("what is no figure counts as none") {
  check_all(status_of("12"), 0, 0);
  check_all(status_of(php::value()), 0, 0);
  check_all(status_of(true), 0, 0);
  check_all(status_of(no_number), 0, 0);
  check_all(status_of(infinite), 0, 100);
  check_all(status_of(-infinite), 0, 0);
  check_all(status_of(1e300), 0, 100);
}

// With the sanitizers an overflow fails the test.
TEST_CASE("the largest figures that PHP may tell can be added up") {
  opcache::script_selection all;
  all.state = status_of(std::numeric_limits<std::int64_t>::max());
  auto const bytes = static_cast<std::int64_t>(1'048'793 * caches::script_memory(INT64_MAX));
  CHECK(bytes > 0);
  CHECK(opcache::anew(bytes) * 100 > 0);
  CHECK_THROWS_AS(opcache::require_room(all, bytes, 1, "compile it"), error);
  CHECK_FALSE(opcache::restarted(all.state, all.state));
}

TEST_CASE("the memory of a script is never negative") {
  CHECK(caches::script_memory(-1) == 0);
  CHECK(caches::script_memory(INT64_MIN) == 0);
  CHECK(caches::script_memory(4096) == 4096);
}
