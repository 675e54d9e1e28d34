#include "monitor/measures.hpp"

#include <algorithm>

#include "advice/subject.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::monitor;

namespace {

sight healthy_sight() {
  sight out{test::healthy(), {}};
  out.remembered.last = look_at(out.of, {});
  return out;
}

thresholds warning_at(std::string const& name, std::string_view text) {
  thresholds out;
  out.warning.insert({name, *range::read(text)});
  return out;
}

target_result check_cache(sight const& seen, thresholds const& limits = {}) {
  return check(seen, "cache", opcache_measures(), limits);
}

figure const* find(target_result const& in, std::string_view label) {
  auto const found =
      std::find_if(in.figures.begin(), in.figures.end(), [label](figure const& each) { return each.label == label; });
  return found == in.figures.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("a healthy cache is OK, and says how much of it is used") {
  auto const found = check_cache(healthy_sight());
  CHECK(worst(found) == state::ok);
  CHECK(found.summary == "memory 23 %, wasted 0 %, keys 2 %, strings 25 %");
  REQUIRE(find(found, "memory") != nullptr);
  CHECK(find(found, "memory")->value == Approx(23.4).margin(0.1));
  CHECK(find(found, "hit_rate") == nullptr);  // nothing is known of before
}

TEST_CASE("a failure is critical, a warning is one, and a note is nothing") {
  auto seen = healthy_sight();
  seen.of.php.status->counts->keys = 15000;
  CHECK(worst(check_cache(seen)) == state::warning);
  seen.of.php.status->counts->keys = 16229;
  CHECK(worst(check_cache(seen)) == state::critical);
  seen = healthy_sight();
  seen.of.php.status->strings->free = 0;
  CHECK(worst(check_cache(seen)) == state::ok);
}

TEST_CASE("a threshold stands in the place of the rule's own, but no threshold makes a full cache good") {
  auto seen = healthy_sight();
  seen.of.php.status->counts->keys = 15000;  // 92 %
  CHECK(worst(check_cache(seen, warning_at("keys", "95"))) == state::ok);
  CHECK(worst(check_cache(seen, warning_at("keys", "92"))) == state::warning);
  CHECK(find(check_cache(seen, warning_at("keys", "95")), "keys")->warning == "95");
  seen.of.php.status->counts->keys = 16229;
  CHECK(worst(check_cache(seen, warning_at("keys", "100"))) == state::critical);
}

TEST_CASE("the critical threshold wins, and the alert names the one that was crossed") {
  auto limits = warning_at("memory", "10");
  limits.critical.insert({"memory", *range::read("20")});
  auto const found = check_cache(healthy_sight(), limits);
  REQUIRE(found.alerts.size() == 1);
  CHECK(found.alerts.front().how == state::critical);
  CHECK(found.alerts.front().message == "the memory used and wasted: 23.4 % (threshold 20)");
}

TEST_CASE("a rule still warns where the figure that has a threshold is not known") {
  auto seen = healthy_sight();
  seen.of.php.status->restart_pending = true;
  CHECK(worst(check_cache(seen, warning_at("pending", "900"))) == state::warning);
  seen.of.since = advice::growth{.pending = 90};
  CHECK(worst(check_cache(seen, warning_at("pending", "900"))) == state::ok);
}

TEST_CASE("a threshold for one of two figures leaves the other one to their rule") {
  struct restarts {
    std::int64_t oom;
    std::int64_t hash;
    char const* threshold;
    state expected;
  };
  for (auto const& each : {restarts{0, 3, "oom_restarts", state::warning}, restarts{3, 0, "oom_restarts", state::ok},
                           restarts{3, 0, "hash_restarts", state::warning}, restarts{0, 3, "hash_restarts", state::ok},
                           restarts{11, 0, "oom_restarts", state::warning}}) {
    INFO(each.threshold << ": " << each.oom << ", " << each.hash);
    auto seen = healthy_sight();
    seen.of.since = advice::growth{.oom_restarts = each.oom, .hash_restarts = each.hash};
    CHECK(worst(check_cache(seen, warning_at(each.threshold, "10"))) == each.expected);
  }
}

TEST_CASE("the hit rate is that of at least a hundred scripts since the last look") {
  auto seen = healthy_sight();
  seen.of.since = advice::growth{.hits = 50, .misses = 49};
  CHECK(find(check_cache(seen), "hit_rate") == nullptr);
  seen.of.since = advice::growth{.hits = 50, .misses = 50};
  CHECK(find(check_cache(seen), "hit_rate")->value == 50);
  CHECK(worst(check_cache(seen, warning_at("hit_rate", "51:"))) == state::warning);
  CHECK(worst(check_cache(seen, warning_at("hit_rate", "50:"))) == state::ok);
}

TEST_CASE("a cache that will be full within an hour, and more than 24 resets in a day, are warnings by default") {
  auto seen = healthy_sight();
  std::int64_t const now = seen.remembered.last.time;
  seen.remembered.last.used = 100;
  seen.remembered.history.push_back({now - 3600, 100 - 50 * test::mib, 0, 0, std::nullopt, 25, 0});
  auto const found = check_cache(seen);  // 98 MiB are free
  CHECK(find(found, "time_until_full")->value == Approx(7056).margin(2));
  CHECK(found.alerts.size() == 1);  // the resets
  seen.remembered.history.back().resets = 24;
  seen.of.php.status->memory->free = 49 * test::mib;
  CHECK(check_cache(seen).alerts.size() == 1);  // the time
  seen.of.php.status->memory->free = 51 * test::mib;
  CHECK(check_cache(seen).alerts.empty());
}

TEST_CASE("a pending restart is known for as long as it was seen, and only of the same cache") {
  auto of = test::healthy();
  of.php.status->restart_pending = true;
  look const first = look_at(of, {});
  CHECK(first.pending_since == first.uptime);
  look before = first;
  before.pending_since -= 90;
  CHECK(look_at(of, before).pending_since == before.pending_since);
  before.restarted = 1;
  CHECK(look_at(of, before).pending_since >= first.uptime);
  of.php.status->restart_pending = false;
  CHECK(look_at(of, first).pending_since == -1);
}

TEST_CASE("a pool is judged by its workers") {
  sight seen{test::healthy(), {}};
  seen.of.load.emplace();
  seen.of.load->manager = "static";
  seen.of.load->workers = 20;
  seen.of.load->active = 10;
  auto const found = check(seen, "load", pool_measures(), {});
  CHECK(worst(found) == state::ok);
  CHECK(find(found, "busy")->value == 45);
  seen.of.load->queue = 3;
  CHECK(worst(check(seen, "load", pool_measures(), {})) == state::warning);
  CHECK(worst(check(seen, "load", pool_measures(), warning_at("queue", "5"))) == state::ok);
}

TEST_CASE("every figure that a rule judges names a rule that there is") {
  for (auto const& measures : {opcache_measures(), pool_measures()}) {
    for (measure const& each : measures) {
      if (each.rule.empty()) continue;
      auto const ids = advice::rule_ids();
      CHECK(std::any_of(ids.begin(), ids.end(),
                        [&](std::string const& id) { return id.ends_with("." + std::string(each.rule)); }));
    }
  }
}
