#include "caches/realpath_cache.hpp"

#include <chrono>

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using test::fake_adapter;

namespace {

agent::answer from_worker(std::int64_t pid, std::initializer_list<int> workers) {
  php::array list;
  for (int worker : workers) list.entries.push_back({static_cast<std::int64_t>(list.entries.size()), worker});
  agent::answer answer;
  answer.pid = pid;
  answer.result = list;
  return answer;
}

constexpr std::chrono::seconds patience{5};

}  // namespace

TEST_CASE("every worker is asked until all have answered") {
  std::vector<int> const pids{1, 1, 1, 2, 1, 3};
  std::size_t at = 0;
  fake_adapter php([&](agent::call const&) { return from_worker(pids.at(at++), {1, 2, 3}); });
  auto const report = realpath_cache::clear(php, patience);
  CHECK(report.cleared == 3);
  CHECK(report.workers == 3);
  CHECK(php.calls.size() == 6);
}

TEST_CASE("a worker that ended is not waited for, and a new one is not counted") {
  int lists = 0;
  fake_adapter php([&](agent::call const& what) {
    if (what.operation != "stat.workers") return from_worker(1, {});
    return ++lists == 1 ? from_worker(1, {1, 2}) : from_worker(3, {1, 3});
  });
  auto const report = realpath_cache::clear(php, patience);
  CHECK(report.cleared == 1);
  CHECK(report.workers == 1);
}

TEST_CASE("a worker that stays busy is missing in the report") {
  fake_adapter php([&](agent::call const&) { return from_worker(1, {1, 2}); });
  auto const report = realpath_cache::clear(php, std::chrono::milliseconds{3});
  CHECK(report.cleared == 1);
  CHECK(report.workers == 2);
  CHECK(report.missing == std::vector<std::int64_t>{2});
}

TEST_CASE("a pool that stays full is missing in the report, but for who answered first") {
  int calls = 0;
  fake_adapter php([&](agent::call const&) {
    if (++calls <= 2) return from_worker(1, {1, 2});
    throw error(error_kind::timeout, "no answer");
  });
  CHECK(realpath_cache::clear(php, std::chrono::milliseconds{3}).cleared == 1);
}

TEST_CASE("any other error ends the attempt") {
  int calls = 0;
  fake_adapter php([&](agent::call const&) {
    if (++calls <= 2) return from_worker(1, {1, 2});
    throw error(error_kind::unreachable, "gone");
  });
  REQUIRE_THROWS_AS(realpath_cache::clear(php, patience), error);
}

TEST_CASE("a pool that is too full to tell its workers at first is asked again") {
  int lists = 0;
  fake_adapter php([&](agent::call const& what) {
    if (what.operation == "stat.workers" && ++lists == 1) throw error(error_kind::timeout, "no answer");
    return from_worker(1, {1});
  });
  auto const report = realpath_cache::clear(php, patience);
  CHECK(report.cleared == 1);
  CHECK(report.workers == 1);
}

TEST_CASE("a pool that cannot tell its workers without one of them dying is given up") {
  fake_adapter php([&](agent::call const& what) {
    if (what.operation == "stat.workers") throw error(error_kind::worker_died, "it crashed");
    return from_worker(1, {});
  });
  REQUIRE_THROWS_AS(realpath_cache::clear(php, patience), error);
  CHECK(php.calls.size() <= 10);
}

TEST_CASE("a pool that is full when its workers are listed again keeps the list that was known") {
  int lists = 0;
  fake_adapter php([&](agent::call const& what) {
    if (what.operation == "stat.workers" && ++lists > 1) throw error(error_kind::timeout, "no answer");
    return from_worker(1, {1, 2});
  });
  auto const report = realpath_cache::clear(php, std::chrono::milliseconds{1100});
  CHECK(report.cleared == 1);
  CHECK(report.missing == std::vector<std::int64_t>{2});
  CHECK(lists > 1);
}

TEST_CASE("where PHP does not tell the workers, one is reached") {
  fake_adapter php([&](agent::call const&) { return from_worker(1, {}); });
  auto const report = realpath_cache::clear(php, patience);
  CHECK(report.cleared == 1);
  CHECK(report.workers == 0);
  CHECK(php.calls.size() == 2);
}
