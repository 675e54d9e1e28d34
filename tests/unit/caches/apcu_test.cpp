#include "caches/apcu.hpp"

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using test::fake_adapter;
using test::named;

namespace {

agent::answer clear_answer(int before, int after, int new_start_time) {
  agent::answer answer;
  answer.result = named({{"before", named({{"num_entries", before}, {"start_time", 1000}})},
                         {"cleared", true},
                         {"after", named({{"num_entries", after}, {"start_time", new_start_time}})}});
  return answer;
}

apcu::clear_report clear(int before, int after, int new_start_time = 1000) {
  fake_adapter php([&](agent::call const&) { return clear_answer(before, after, new_start_time); });
  return apcu::clear(php);
}

}  // namespace

TEST_CASE("a clear tells how many entries there were, and how many there are") {
  CHECK(clear(12, 0).entries == 12);
  CHECK(clear(12, 3).left == 3);
  CHECK(clear(0, 1).entries == 0);
}

TEST_CASE("a clear after which other requests stored as much again is known by its start time") {
  CHECK(clear(1, 1, 1001).left == 1);
}

TEST_CASE("a clear that changed nothing is an error") {
  REQUIRE_THROWS_AS(clear(5, 5), error);
}

TEST_CASE("keys are read with their times, of which some are not known") {
  fake_adapter php([](agent::call const& call) {
    call.rows("6 160 1700000000 1700000001 -1 0 60 1 3 foo\n0 128 0 0 0 0 0 0 0 \n");
    return agent::answer();
  });
  std::vector<apcu::key> keys;
  apcu::read_keys(php, [&keys](apcu::key const& key) { keys.push_back(key); });
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].hits == 6);
  CHECK(keys[0].memory == 160);
  CHECK(keys[0].accessed == 1700000000);
  CHECK(keys[0].created == 1700000001);
  CHECK_FALSE(keys[0].modified);
  CHECK(keys[0].deleted == 0);
  CHECK(keys[0].ttl == 60);
  CHECK(keys[0].references == 1);
}

TEST_CASE("a start time that is not known is absent") {
  fake_adapter php([](agent::call const&) {
    agent::answer answer;
    answer.result = named({{"start_time", php::value()}, {"num_hits", 17.0}});
    return answer;
  });
  apcu::info const info = apcu::read_info(php);
  CHECK_FALSE(info.start_time);
  CHECK(info.hits == 17);
}

TEST_CASE("a value that APCu does not store is an error with PHP's reason") {
  fake_adapter php([](agent::call const& call) {
    CHECK_FALSE(call.idempotent);
    agent::answer answer;
    answer.result = false;
    answer.notes.push_back({2, "Unable to allocate memory", "", 0});
    return answer;
  });
  try {
    apcu::store(php, "k", "v", {});
    FAIL("no error was thrown");
  } catch (error const& failed) {
    CHECK(failed.message() == "APCu did not store the value: Unable to allocate memory");
  }
}
