#include "releases/finish.hpp"

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using test::named;

namespace {

php::value list(std::vector<php::value> const& items) {
  php::array out;
  for (php::value const& item : items) out.entries.push_back({std::int64_t(out.entries.size()), item});
  return out;
}

/// A php-fpm with one worker, after the link of a site was led from the release 1 to 2.
class server {
 public:
  php::value seen = "/srv/releases/2";  ///< by the worker that is asked for the link
  php::value workers = list({7});
  bool full = false;
  std::int64_t free = 100 << 20;
  std::int64_t old_scripts = 1;
  bool enabled = true;
  std::string aliased = "/srv/releases/1/a.php";
  std::vector<std::string> old;  ///< that was asked for
  int hits = 0;
  int more_hits = 0;  ///< of the old script, each time that it is asked
  int hit_rows = 1;   ///< how often it is told then

  test::fake_adapter php{[this](agent::call const& call) { return answer(call); }};

  releases::finish_report finish(releases::finish_options options = {}) {
    options.current = options.current.empty() ? "/srv/current" : options.current;
    options.fall_back = false;
    adapter::adapter* const only = &php;
    return releases::finish({&only, 1}, {}, options);
  }

 private:
  agent::answer answer(agent::call const& call) {
    agent::answer out;
    out.pid = 7;
    if (call.operation == "deploy.look") {
      out.result = named({{"live", "/srv/releases/2"},
                          {"enabled", enabled},
                          {"full", full},
                          {"free", free},
                          {"pools", list({"www"})},
                          {"links", php::array{}},
                          {"releases", named({{"/srv/releases/1", old_scripts}, {"/srv/releases/2", 1}})}});
    } else if (call.operation == "deploy.resolve") {
      out.result = seen;
    } else if (call.operation == "stat.workers") {
      out.result = workers;
    } else if (call.operation == "deploy.aliases") {
      for (auto const& each : call.arguments["old"].entries()) old.emplace_back(each.item.as_string());
      if (!moved_) call.rows("1000 " + std::to_string(aliased.size()) + " " + aliased + "\n");
      out.result = named({{"listed", true}});
    } else if (call.operation == "opcache.select") {
      out.result = named({{"listed", true}, {"names", call.arguments["names"]}});
    } else if (call.operation == "deploy.hits") {
      hits += more_hits;
      std::string const row = std::to_string(hits) + " " + std::to_string(aliased.size()) + " " + aliased + "\n";
      for (int i = 0; i < hit_rows; ++i) call.rows(row);
      out.result = true;
    } else {
      call.rows(php::serialize(list({moved_ ? "elsewhere" : "moved", "", php::array{}})));
      moved_ = true;
      out.result = named({{"enabled", true}});
    }
    return out;
  }

  bool moved_ = false;
};

error failure_of(server& fpm, releases::finish_options const& options = {}) {
  try {
    static_cast<void>(fpm.finish(options));
  } catch (error const& failed) {
    return failed;
  }
  FAIL("it finished");
  return error(error_kind::usage, "");
}

bool says(error const& failed, std::string_view text) {
  return std::string_view(failed.what()).find(text) != std::string_view::npos;
}

}  // namespace

TEST_CASE("once every worker sees the live release the old one's names are moved") {
  server fpm;
  auto const report = fpm.finish();
  REQUIRE(report.names.size() == 1);
  CHECK(report.names[0].what == releases::moved_name::outcome::moved);
}

TEST_CASE("an old script that is asked for when all was done is told") {
  server fpm;
  fpm.old_scripts = 3;
  CHECK(fpm.finish().still_used.empty());
  server other;
  other.old_scripts = 3;
  other.more_hits = 1;
  CHECK(other.finish().still_used == std::vector<std::string>{"/srv/releases/1/a.php"});
}

TEST_CASE("a pool that tells of old scripts without end is listened to for as many as a cache holds") {
  server fpm;
  fpm.old_scripts = 3;
  fpm.hit_rows = 1'048'794;
  CHECK(says(failure_of(fpm), "PHP sent more than 1048793 rows"));
}

TEST_CASE("nothing is moved where OPcache has no room for it") {
  server fpm;
  fpm.free = 1000;
  CHECK(says(failure_of(fpm), "OPcache has no room to move 1 names below the link"));
}

TEST_CASE("a worker that cannot see the link at all is no hindrance") {
  server fpm;
  fpm.seen = false;
  CHECK(fpm.finish().names.size() == 1);
}

TEST_CASE("nothing is moved while a worker sees another release") {
  server fpm;
  fpm.seen = "/srv/releases/1";
  CHECK(says(failure_of(fpm), "the worker 7 of the pool fake sees /srv/releases/1 at /srv/current"));
}

TEST_CASE("nothing is moved where nobody tells which workers there are") {
  server fpm;
  fpm.workers = php::array{};
  CHECK(says(failure_of(fpm), "nobody tells which workers the pool"));
}

TEST_CASE("nothing is moved where OPcache is full: what is invalidated would stay uncached") {
  server fpm;
  fpm.full = true;
  CHECK(says(failure_of(fpm), "OPcache is full"));
}

TEST_CASE("where OPcache is off there is nothing to fall back to, and what that means is said") {
  server fpm;
  fpm.enabled = false;
  fpm.workers = php::array{};
  CHECK(says(failure_of(fpm), "realpath_cache_ttl"));
}

TEST_CASE("the command that a hint names is quoted for the shell where the link's path needs it") {
  server fpm;
  fpm.full = true;
  releases::finish_options options;
  options.current = "/x/$(touch /tmp/pwned)";
  CHECK(failure_of(fpm, options).hint().starts_with("cachetool deploy:finish '/x/$(touch /tmp/pwned)' when"));
  fpm.enabled = false;
  fpm.workers = php::array{};
  CHECK(failure_of(fpm, options).hint() == "try again: cachetool deploy:finish '/x/$(touch /tmp/pwned)'");
}

TEST_CASE("the release that was replaced is an old one wherever it lies") {
  server fpm;
  releases::finish_options options;
  options.replaced = "/srv/green/app";
  fpm.aliased = "/srv/green/app/a.php";
  CHECK(fpm.finish(options).names.size() == 1);
  CHECK(fpm.old == std::vector<std::string>{"/srv/releases/1", "/srv/green/app"});
}

TEST_CASE("a release that is named in the place of the link that leads to it is refused") {
  server fpm;
  releases::finish_options options;
  options.current = "/srv/releases/2";
  CHECK(failure_of(fpm, options).kind() == error_kind::usage);
}

TEST_CASE("scripts that were not asked for are a broken answer") {
  server fpm;
  fpm.aliased = "/etc/a.php";
  CHECK(failure_of(fpm).kind() == error_kind::protocol);
}

TEST_CASE("that nobody tells where names lead is told, also where a release lies beside the live one") {
  server fpm;
  releases::finish_options options;
  options.led_to_unknown = "there was no time";
  CHECK(fpm.finish(options).led_to_unknown == "there was no time");
  CHECK(server().finish().led_to_unknown.empty());
}
