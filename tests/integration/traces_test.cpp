// After hundreds of calls a pool is as it was before.

#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

constexpr int calls = 200;

struct cache_use {
  std::int64_t scripts;
  std::int64_t wasted;
};

cache_use cache_use_of(php_fpm const& server) {
  auto const status = cache_status(server);
  return {status["opcache_statistics"]["num_cached_scripts"].as_int(),
          status["memory_usage"]["wasted_memory"].as_int()};
}

void call_often(php_fpm const& server) {
  for (int i = 0; i < calls; ++i) REQUIRE(pool{server.endpoint()}.opcache_status().enabled);
}

php_fpm server_with(std::string const& update_protection, std::string const& validates) {
  auto options = one_pool();
  options.ini["opcache.file_update_protection"] = update_protection;
  options.ini["opcache.validate_timestamps"] = validates;
  return php_fpm{options};
}

}  // namespace

TEST_CASE("hundreds of calls by root leave at most one entry in OPcache, and no waste") {
  if (!is_root()) return skip("needs root");
  auto const update_protection = GENERATE(as<std::string>{}, "2", "0");
  auto const validates = GENERATE(as<std::string>{}, "1", "0");
  CAPTURE(update_protection, validates);
  auto const server = server_with(update_protection, validates);
  auto const before = cache_use_of(server);
  call_often(server);
  auto const after = cache_use_of(server);
  CHECK(after.scripts - before.scripts <= 1);
  CHECK(after.wasted == before.wasted);
}

TEST_CASE("hundreds of calls by the pool's user leave nothing in OPcache, but where nothing keeps it from caching") {
  auto const update_protection = GENERATE(as<std::string>{}, "2", "0");
  auto const validates = GENERATE(as<std::string>{}, "1", "0");
  CAPTURE(update_protection, validates);
  auto const server = server_with(update_protection, validates);
  auto const before = cache_use_of(server);
  {
    auto const user = is_root() ? std::make_unique<acting_as>(pool_user()) : nullptr;
    call_often(server);
  }
  auto const after = cache_use_of(server);
  bool const caches_everything = update_protection == "0" && validates == "0";
  CHECK(after.scripts - before.scripts <= (caches_everything ? calls + 1 : 1));
  CHECK(after.wasted == before.wasted);
  CHECK(left_overs(is_root() ? pool_user() : geteuid()).empty());
}

TEST_CASE("twenty runs at once all succeed and leave nothing") {
  temp_dir const place;
  chmod(place.path().c_str(), 01777);
  php_fpm const server{one_pool({}, 4)};
  auto const where = GENERATE(as<std::string>{}, "default", "existing", "new");
  auto const tmp_dir = where == "default" ? "" : where == "new" ? place / "new" : place.path();
  CAPTURE(tmp_dir);
  std::vector<std::string> arguments{"opcache:status"};
  if (!tmp_dir.empty()) arguments.push_back("--tmp-dir=" + tmp_dir);
  std::vector<std::unique_ptr<program>> running;
  for (int i = 0; i < 20; ++i) {
    running.push_back(std::make_unique<program>(arguments_for(server, arguments), as_pool_user()));
  }
  for (auto const& each : running) {
    auto const result = each->finish();
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
  }
  CHECK(left_overs(is_root() ? pool_user() : geteuid()).empty());
  CHECK(left_overs(place.path(), is_root() ? pool_user() : geteuid()).empty());
  CHECK(left_overs(place / "new", is_root() ? pool_user() : geteuid()).empty());
}

TEST_CASE("a run does not disturb another that is under way") {
  temp_dir const place;
  chmod(place.path().c_str(), 01777);
  php_fpm const server{one_pool({}, 1)};
  long_request const busy(server, std::chrono::milliseconds{300});
  std::vector<std::string> const arguments{"opcache:status", "--tmp-dir=" + place.path()};
  program first(arguments_for(server, arguments), as_pool_user());
  program second(arguments_for(server, arguments), as_pool_user());
  CHECK(first.finish().exit_code == 0);
  CHECK(second.finish().exit_code == 0);
  CHECK(std::filesystem::is_empty(place.path()));
}
