#include "caches/opcache_refresh.hpp"

#include <algorithm>

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace std::chrono_literals;
using test::named;
using outcome = opcache::refreshed_script::outcome;

namespace {

std::string row(std::string const& path, std::int64_t revalidate = 0) {
  return "1000 0 " + std::to_string(revalidate) + " 1 " + std::to_string(path.size()) + " " + path + "\n";
}

std::string compiled(char const* what, char const* look = "1 2 3") {
  php::array fields;
  for (php::value const& field : {php::value(what), php::value(""), php::value(php::array{}), php::value(look)}) {
    fields.entries.push_back({std::int64_t(fields.entries.size()), field});
  }
  return php::serialize(fields);
}

/// A php-fpm that says so much about its cache, and whose files all have changed.
class server {
 public:
  std::string rows;
  std::int64_t now = 1000000;
  std::int64_t start = 500000;
  std::int64_t last_restart = 0;
  std::int64_t restarts = 0;
  std::int64_t free = 100 << 20;
  char const* file_cache = "";
  std::string states;             ///< what the first examination finds, a letter for each file; empty: all changed
  std::size_t files_at_once = 3;  ///< that a request comes to

  std::vector<std::int64_t> cached_at;  ///< as examined
  std::vector<std::size_t> sent;        ///< files in each request

  test::fake_adapter php{[this](agent::call const& call) { return answer(call); }};

  opcache::refresh_report refresh() {
    opcache::refresh_query query;
    query.names = {"/a"};
    return opcache::refresh(php, query);
  }

 private:
  agent::answer answer(agent::call const& call) {
    agent::answer out;
    if (call.operation == "opcache.select") {
      call.rows(rows);
      out.result = status();
    } else if (call.operation == "opcache.examine") {
      out.result = examine(call.arguments["files"]);
    } else if (call.operation == "opcache.refresh") {
      std::size_t const count = call.arguments["paths"].entries().size();
      sent.push_back(count);
      for (std::size_t i = 0; i < std::min(count, files_at_once); ++i) call.rows(compiled("cached"));
      out.result = named({{"enabled", true}});
    } else {
      out.result = status();
    }
    return out;
  }

  std::string examine(php::value const& files) {
    std::string out;
    for (auto const& file : files.entries()) {
      cached_at.push_back(file.item["1"].as_int());
      bool const done = !file.item["3"].as_string().empty();
      out += done ? 'u' : out.size() < states.size() ? states[out.size()] : 'c';
    }
    return out;
  }

  [[nodiscard]] php::value status() const {
    return named({{"listed", true},
                  {"names", php::array{{{std::int64_t{0}, "/a"}}}},
                  {"now", now},
                  {"keeps_times", true},
                  {"revalidate_freq", 2},
                  {"file_cache", file_cache},
                  {"memory_usage", named({{"free_memory", free}, {"wasted_memory", 3 << 20}})},
                  {"opcache_statistics", named({{"start_time", start},
                                                {"last_restart_time", last_restart},
                                                {"manual_restarts", restarts},
                                                {"max_cached_keys", 100}})}});
  }
};

}  // namespace

TEST_CASE("scripts are refreshed a few at a time, with pauses, until none is left") {
  server fpm;
  for (int i = 10; i < 22; ++i) fpm.rows += row("/a/" + std::to_string(i) + ".php");
  auto const report = fpm.refresh();
  CHECK(fpm.sent == std::vector<std::size_t>{10, 9, 6, 3});
  CHECK(fpm.php.pauses == 3);
  CHECK(report.scripts.size() == 12);
  CHECK(std::all_of(report.scripts.begin(), report.scripts.end(),
                    [](auto const& script) { return script.what == outcome::refreshed; }));
}

TEST_CASE("a pause between two requests is as long as the caller says") {
  server fpm;
  for (int i = 10; i < 15; ++i) fpm.rows += row("/a/" + std::to_string(i) + ".php");
  opcache::refresh_query query;
  query.names = {"/a"};
  query.pace.pause = 70ms;
  opcache::refresh(fpm.php, query);
  CHECK(fpm.php.longest_pause == 70ms);
}

TEST_CASE("a file that ends its request fails, and the others go on") {
  server fpm;
  fpm.rows = row("/a/1.php") + row("/a/2.php") + row("/a/3.php");
  test::fake_adapter dying([&](agent::call const& call) {
    if (call.operation == "opcache.refresh" && call.arguments["paths"]["0"].as_string() == "/a/2.php") {
      throw error(error_kind::worker_died, "the worker died");
    }
    fpm.files_at_once = 1;
    return fpm.php.run(call);
  });
  opcache::refresh_query query;
  query.names = {"/a"};
  auto const report = opcache::refresh(dying, query);
  REQUIRE(report.scripts.size() == 3);
  CHECK(report.scripts[0].what == outcome::refreshed);
  CHECK(report.scripts[1].what == outcome::failed);
  CHECK(report.scripts[1].why == "the worker died");
  CHECK(report.scripts[2].what == outcome::refreshed);
}

TEST_CASE("nothing in the cache is older than its last restart") {
  server fpm;
  fpm.rows = row("/a/1.php");
  SECTION("which was the start of php-fpm") {
    fpm.refresh();
    CHECK(fpm.cached_at[0] == 500000);
  }
  SECTION("which was a reset") {
    fpm.last_restart = 600000;
    fpm.restarts = 1;
    fpm.refresh();
    CHECK(fpm.cached_at[0] == 600000);
  }
  SECTION("whose time runs ahead of the clock after resets in one second") {
    fpm.last_restart = fpm.now + 18;
    fpm.restarts = 20;
    fpm.refresh();
    CHECK(fpm.cached_at[0] == fpm.now - 1);
  }
  SECTION("unless PHP knows when the script was cached") {
    fpm.rows = row("/a/1.php", 700000);
    fpm.refresh();
    CHECK(fpm.cached_at[0] == 699998);
  }
}

TEST_CASE("nothing is known of the age of a cached script") {
  server fpm;
  fpm.rows = row("/a/1.php");
  SECTION("that may come from a file cache") {
    fpm.file_cache = "/var/cache/php";
  }
  SECTION("when the clock was set back") {
    fpm.start = fpm.now + 100;
  }
  fpm.refresh();
  CHECK(fpm.cached_at[0] == 0);
}

TEST_CASE("without free memory for what is to be compiled nothing is done") {
  server fpm;
  fpm.rows = row("/a/1.php");
  fpm.free = 1 << 20;
  try {
    fpm.refresh();
    FAIL("it refreshed");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::memory_limit);
    CHECK(failed.message() ==
          "OPcache has no room to compile 1 scripts anew: 1.0 MiB are needed, and 1.0 MiB are free; nothing was done");
  }
  CHECK(fpm.sent.empty());
}

TEST_CASE("what has not changed needs no room") {
  server fpm;
  fpm.rows = row("/a/1.php");
  fpm.free = 0;
  fpm.states = "u";
  CHECK(fpm.refresh().unchanged == 1);
}
