#include "releases/prune.hpp"

#include <algorithm>
#include <map>

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using test::named;
using outcome = releases::pruned_script::outcome;
using texts = std::vector<std::string>;

namespace {

constexpr std::int64_t mebibyte = 1 << 20;

php::value list(texts const& strings) {
  php::array out;
  for (std::string const& text : strings) out.entries.push_back({std::int64_t(out.entries.size()), text});
  return out;
}

texts strings(php::value const& list) {
  texts out;
  for (auto const& each : list.entries()) out.emplace_back(each.item.as_string());
  return out;
}

php::value counted(std::map<std::string, std::int64_t> const& numbers) {
  php::array out;
  for (auto const& [name, number] : numbers) out.entries.push_back({name, number});
  return out;
}

php::value linked(std::map<std::string, std::string> const& links) {
  php::array out;
  for (auto const& [name, target] : links) out.entries.push_back({name, target});
  return out;
}

/// A php-fpm with a cache, that sees the site /srv/site with the link "current" to release 2.
class server {
 public:
  texts cached{"/srv/site/releases/1/a.php", "/srv/site/releases/1/b.php", "/srv/site/releases/2/a.php"};
  std::map<std::string, std::string> live{{"/srv/site/current", "/srv/site/releases/2"}};
  std::map<std::string, std::int64_t> releases{{"/srv/site/releases/1", 2}, {"/srv/site/releases/2", 1}};
  std::map<std::string, std::string> links;
  texts gone;
  texts preloaded;
  texts aliased;                   ///< scripts of dead releases with a name below the link
  std::string served;              ///< of them, the one to which that name leads
  std::string unforgotten;         ///< PHP keeps this one
  std::int64_t memory = mebibyte;  ///< of each script
  std::int64_t free = 100 * mebibyte;
  std::int64_t wasted = 0;
  std::int64_t keys = 3;
  bool full = false;

  std::vector<texts> sent;         ///< paths in each request to forget some
  std::vector<std::size_t> names;  ///< of the first of them

  test::fake_adapter php{[this](agent::call const& call) { return answer(call); }};

  releases::prune_report prune(texts keep = {"/srv/site/current"}, bool dry_run = false) {
    return releases::prune(php, {std::move(keep), dry_run});
  }

 private:
  agent::answer answer(agent::call const& call) {
    agent::answer out;
    if (call.operation == "deploy.look") {
      out.result = look(std::string(call.arguments["current"].as_string()));
    } else if (call.operation == "opcache.examine") {
      std::string letters;
      for (auto const& file : call.arguments["files"].entries()) {
        letters += std::count(gone.begin(), gone.end(), file.item["0"].as_string()) > 0 ? 'g' : 'u';
      }
      out.result = letters;
    } else if (call.operation == "deploy.aliases") {
      for (auto const& path : aliased) call.rows("1000 " + std::to_string(path.size()) + " " + path + "\n");
      out.result = named({{"listed", true}});
    } else if (call.operation == "opcache.prune") {
      sent.push_back(strings(call.arguments["paths"]));
      names.push_back(call.arguments["names"]["0"].entries().size());
      for (std::string const& path : sent.back()) call.rows(row(path));
      out.result = named({{"enabled", true}});
    } else {
      if (call.rows) {
        for (auto const& path : cached) {
          call.rows(std::to_string(memory) + " 0 0 1 " + std::to_string(path.size()) + " " + path + "\n");
        }
      }
      out.result = status();
    }
    return out;
  }

  php::value look(std::string const& current) {
    auto const found = live.find(current);
    if (found == live.end()) return named({{"live", false}});
    return named(
        {{"live", found->second}, {"enabled", true}, {"links", linked(links)}, {"releases", counted(releases)}});
  }

  std::string row(std::string const& path) const {
    std::string const word = path == served ? "served" : path == unforgotten ? "kept" : "gone";
    php::array fields;
    for (php::value const& field :
         {php::value(word), php::value(path == served ? "/srv/site/current/a.php" : ""), php::value(php::array{})}) {
      fields.entries.push_back({std::int64_t(fields.entries.size()), field});
    }
    return php::serialize(fields);
  }

  [[nodiscard]] php::value status() const {
    return named(
        {{"listed", true},
         {"names", list({"/"})},
         {"max_wasted_percentage", 5},
         {"cache_full", full},
         {"preloaded", list(preloaded)},
         {"memory_usage",
          named({{"free_memory", free}, {"wasted_memory", wasted}, {"used_memory", 128 * mebibyte - free - wasted}})},
         {"opcache_statistics", named({{"start_time", 5}, {"num_cached_keys", keys}, {"max_cached_keys", 1000}})}});
  }
};

error failure_of(server& fpm, texts keep = {"/srv/site/current"}) {
  try {
    fpm.prune(std::move(keep));
  } catch (error const& failed) {
    return failed;
  }
  FAIL("it pruned");
  return error(error_kind::usage, "");
}

texts paths(releases::prune_report const& report) {
  texts out;
  for (auto const& script : report.scripts) out.push_back(script.path);
  return out;
}

}  // namespace

TEST_CASE("the scripts of a release beside the kept one are forgotten, and no others") {
  server fpm;
  auto const report = fpm.prune();
  CHECK(paths(report) == texts{"/srv/site/releases/1/a.php", "/srv/site/releases/1/b.php"});
  CHECK(report.kept == texts{"/srv/site/releases/2"});
  REQUIRE(report.dead.size() == 1);
  CHECK(report.dead[0].scripts == 2);
  CHECK(report.memory_of_scripts == 2 * mebibyte);
}

TEST_CASE("without a kept release only what is gone is forgotten, and no site is looked at") {
  server fpm;
  fpm.gone = {"/srv/site/releases/2/a.php"};
  auto const report = fpm.prune({});
  CHECK(paths(report) == fpm.gone);
  CHECK(report.gone == 1);
  CHECK(std::count(fpm.php.calls.begin(), fpm.php.calls.end(), "deploy.look") == 0);
}

TEST_CASE("a release is not dead") {
  server fpm;
  texts keep{"/srv/site/current"};
  SECTION("if a link leads to it") {
    fpm.links = {{"/srv/site/staging", "/srv/site/releases/1"}};
  }
  SECTION("if a link leads into it") {
    fpm.links = {{"/srv/site/old", "/srv/site/releases/1/public"}};
  }
  SECTION("if it is kept as well") {
    fpm.live["/srv/site/releases/1"] = "/srv/site/releases/1";
    keep.emplace_back("/srv/site/releases/1");
  }
  SECTION("if a directory in it is kept as well") {
    fpm.live["/srv/site/releases/1/deep/er"] = "/srv/site/releases/1/deep/er";
    keep.emplace_back("/srv/site/releases/1/deep/er");
  }
  SECTION("if it is what releases share") {
    fpm.releases = {{"/srv/site/releases/shared", 1}};
  }
  CHECK(fpm.prune(keep).scripts.empty());
}

TEST_CASE("what is to be kept must be a release, or nothing is forgotten") {
  server fpm;
  SECTION("it is not there") {
    error const failed = failure_of(fpm, {"/srv/site/current", "/srv/site/nowhere"});
    CHECK(failed.kind() == error_kind::not_found);
    CHECK(failed.message() == "php-fpm sees no directory /srv/site/nowhere; nothing was forgotten");
  }
  SECTION("everything of this machine lies beside it") {
    fpm.live["/srv/site/current"] = "/app";
    CHECK(failure_of(fpm).kind() == error_kind::usage);
  }
  SECTION("it is a part of one") {
    fpm.live["/srv/site/current/public"] = "/srv/site/releases/2/public";
    fpm.links = {{"/srv/site/current", "/srv/site/releases/2"}};
    error const failed = failure_of(fpm, {"/srv/site/current/public"});
    CHECK(failed.kind() == error_kind::usage);
    CHECK(
        failed.message() ==
        "/srv/site/current/public is a part of /srv/site/releases/2, to which /srv/site/current leads, and no release "
        "of its own; nothing was forgotten");
  }
  CHECK(fpm.sent.empty());
}

TEST_CASE("a dry run forgets nothing, and tells what would be") {
  server fpm;
  auto const report = fpm.prune({"/srv/site/current"}, true);
  CHECK(fpm.sent.empty());
  REQUIRE(report.scripts.size() == 2);
  CHECK(report.scripts[0].what == outcome::found);
}

TEST_CASE("what opcache.preload loaded is left and named") {
  server fpm;
  fpm.preloaded = {"/srv/site/releases/1/b.php"};
  auto const report = fpm.prune();
  CHECK(fpm.sent == std::vector<texts>{{"/srv/site/releases/1/a.php"}});
  REQUIRE(report.scripts.size() == 2);
  CHECK(report.scripts[1].what == outcome::preloaded);
}

TEST_CASE("a script that PHP cannot forget is told as kept") {
  server fpm;
  fpm.unforgotten = "/srv/site/releases/1/a.php";
  CHECK(fpm.prune().scripts[0].what == outcome::kept);
}

TEST_CASE("many scripts are forgotten a hundred at a time, with pauses") {
  server fpm;
  fpm.cached.clear();
  for (int i = 1000; i < 1250; ++i) fpm.cached.push_back("/srv/site/releases/1/" + std::to_string(i) + ".php");
  CHECK(fpm.prune().scripts.size() == 250);
  REQUIRE(fpm.sent.size() == 3);
  CHECK(fpm.sent[2].size() == 50);
  CHECK(fpm.php.pauses == 2);
}

TEST_CASE("scripts with a name below the link come first, with that name") {
  server fpm;
  fpm.aliased = {"/srv/site/releases/1/b.php"};
  fpm.prune();
  CHECK(fpm.sent == std::vector<texts>{{"/srv/site/releases/1/b.php"}, {"/srv/site/releases/1/a.php"}});
  CHECK(fpm.names == std::vector<std::size_t>{1, 0});
}

TEST_CASE("a release that is served yet is an error, and the rest of it is not forgotten") {
  server fpm;
  fpm.aliased = {"/srv/site/releases/1/b.php"};
  fpm.served = "/srv/site/releases/1/b.php";
  error const failed = failure_of(fpm);
  CHECK(failed.kind() == error_kind::php_error);
  CHECK(failed.hint() == "let the live release be served first: cachetool deploy:finish /srv/site/current");
  CHECK(fpm.sent.size() == 1);
}

TEST_CASE("a full cache that PHP would restart because of it is left alone") {
  server fpm;
  fpm.full = true;
  SECTION("when enough would be wasted") {
    fpm.wasted = 6 * mebibyte;
    CHECK(failure_of(fpm).kind() == error_kind::memory_limit);
    CHECK(fpm.sent.empty());
  }
  SECTION("and only then") {
    CHECK(fpm.prune().scripts.size() == 2);
  }
}

TEST_CASE("a reset is worth it when one more release does not fit, and something would be given back") {
  server fpm;
  fpm.wasted = 5 * mebibyte;
  SECTION("there is room") {
    auto const report = fpm.prune();
    CHECK(report.needed.memory == 2 * mebibyte + mebibyte / 10);
    CHECK(report.needed.keys == 1);
    CHECK_FALSE(report.reset_pays);
  }
  SECTION("the memory is short") {
    fpm.free = 2 * mebibyte;
    CHECK(fpm.prune().reset_pays);
  }
  SECTION("the keys are short") {
    fpm.keys = 1000;
    CHECK(fpm.prune().reset_pays);
  }
  SECTION("nothing is wasted") {
    fpm.free = 2 * mebibyte;
    fpm.wasted = 0;
    CHECK_FALSE(fpm.prune().reset_pays);
  }
}

TEST_CASE("where nothing tells what a release takes, PHP's own share for a restart is the measure") {
  server fpm;
  auto const report = fpm.prune({});
  CHECK(report.needed.memory == 128 * mebibyte * 5 / 100);
  CHECK(report.needed.keys == 50);
}
