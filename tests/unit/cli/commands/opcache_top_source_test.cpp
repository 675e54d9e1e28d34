#include "cli/commands/opcache_top_source.hpp"

#include "support/catch.hpp"

using namespace cachetool;
using cli::hits_between;
using cli::top_figures_of;

namespace {

opcache::statistics counts(std::int64_t hits, std::int64_t misses) {
  return opcache::statistics{.scripts = 2, .keys = 3, .max_keys = 100, .start_time = 5, .hits = hits, .misses = misses};
}

}  // namespace

TEST_CASE("the hit rate now is that of what was asked for between two looks") {
  CHECK(hits_between(counts(100, 50), counts(190, 60), 0) == 90);
}

TEST_CASE("the misses of the looks themselves do not count") {
  CHECK(hits_between(counts(100, 50), counts(190, 52), 2) == 100);
}

TEST_CASE("where nobody asked there is no hit rate") {
  CHECK_FALSE(hits_between(counts(100, 50), counts(100, 52), 2));
  CHECK_FALSE(hits_between(counts(100, 50), counts(100, 50), 2));
}

TEST_CASE("a cache that was emptied between two looks has no hit rate") {
  auto emptied = counts(500, 60);
  emptied.last_restart_time = 9;
  CHECK_FALSE(hits_between(counts(100, 50), emptied, 0));
  CHECK_FALSE(hits_between(counts(100, 50), counts(3, 50), 0));
}

TEST_CASE("a status becomes the figures of the screen") {
  opcache::status status;
  status.from = {"www", "8.2.36", 1};
  status.memory = opcache::memory_usage{1, 2, 3, 0};
  status.counts = counts(1, 1);
  status.counts->hit_rate = 50;
  status.cache_full = true;
  auto const shown = top_figures_of(status, "/run/a.sock");
  CHECK(shown.name == "/run/a.sock, pool www");
  CHECK(shown.state == "PHP 8.2.36, 2 scripts, the cache is full");
  CHECK(shown.how == report::look::bad);
  REQUIRE(shown.levels.size() == 2);
  CHECK(shown.levels[0].whole == 6);
  CHECK(shown.levels[1].whole == 100);
  CHECK(shown.hits_ever == 50);
}

TEST_CASE("a cache that keeps files only has no figures for the screen") {
  opcache::status status;
  status.file_cache_only = true;
  CHECK(top_figures_of(status, "a").levels.empty());
}
