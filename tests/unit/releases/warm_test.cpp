#include "releases/warm.hpp"

#include <algorithm>
#include <map>

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using test::named;
using outcome = releases::warmed_script::outcome;
using texts = std::vector<std::string>;

namespace {

php::value list(std::vector<php::value> const& items) {
  php::array out;
  for (php::value const& item : items) out.entries.push_back({std::int64_t(out.entries.size()), item});
  return out;
}

texts strings(php::value const& list) {
  texts out;
  for (auto const& each : list.entries()) out.emplace_back(each.item.as_string());
  return out;
}

/// A php-fpm that sees the releases 1 and 2 of a site, of which 1 runs.
class server {
 public:
  std::map<std::string, std::string> links{{"/srv/current", "/srv/releases/1"}};
  std::map<std::string, bool> cached{{"/srv/releases/1/a.php", true}, {"/srv/releases/1/b.php", true}};  ///< and valid
  std::map<std::string, std::string> states;     ///< of files, a letter each; others have not changed
  std::map<std::string, std::string> detaching;  ///< what comes of detaching a file, if not "cached"
  std::map<std::string, std::string> compiling;  ///< what comes of compiling a file, if not "cached"
  std::int64_t free = 100 << 20;
  std::vector<std::int64_t> itself{1, 2};  ///< the device and the inode of the release that is asked for
  texts preloaded;

  std::map<std::string, texts> detached;  ///< files, and the names that were led elsewhere for each
  texts compiled;

  test::fake_adapter php{[this](agent::call const& call) { return answer(call); }};

  releases::warm_report warm(std::string const& release = "/srv/releases/2",
                             releases::warm_options const& options = {}) {
    return releases::warm(php, release, options);
  }

 private:
  agent::answer answer(agent::call const& call) {
    agent::answer out;
    php::value const& given = call.arguments;
    if (call.operation == "opcache.releases") {
      out.result = releases(given["release"]);
    } else if (call.operation == "opcache.select") {
      for (auto const& [path, valid] : cached) {
        call.rows("1000 0 0 " + std::to_string(int(valid)) + " " + std::to_string(path.size()) + " " + path + "\n");
      }
      out.result = status(given["names"]);
    } else if (call.operation == "opcache.examine") {
      std::string letters;
      for (auto const& file : given["files"].entries()) letters += or_else(states, file.item["0"], "u");
      out.result = letters;
    } else if (call.operation == "opcache.dead_names") {
      out.result = std::string(given["names"].entries().size(), 'd');
    } else {
      work(call);
      out.result = named({{"enabled", true}});
    }
    return out;
  }

  void work(agent::call const& call) {
    texts const paths = strings(call.arguments["paths"]);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      bool const detaches = call.operation == "opcache.detach";
      if (detaches) {
        detached[paths[i]] = strings(call.arguments["names"].entries()[i].item);
      } else {
        compiled.push_back(paths[i]);
      }
      std::string const word = or_else(detaches ? detaching : compiling, php::value(paths[i]), "cached");
      call.rows(php::serialize(list({word, word == "cached" ? "" : "why", php::array{}})));
    }
  }

  static std::string or_else(std::map<std::string, std::string> const& in, php::value const& path, char const* other) {
    auto const found = in.find(std::string(path.as_string()));
    return found == in.end() ? other : found->second;
  }

  php::value releases(php::value const& release) {
    std::vector<php::value> out;
    for (auto const& [name, target] : links) out.push_back(list({name, target}));
    return named({{"release", release}, {"links", list(out)}, {"device", itself[0]}, {"inode", itself[1]}});
  }

  [[nodiscard]] php::value status(php::value const& names) const {
    std::vector<php::value> loaded(preloaded.begin(), preloaded.end());
    return named({{"listed", true},
                  {"names", names},
                  {"preloaded", list(loaded)},
                  {"memory_usage", named({{"free_memory", free}})},
                  {"opcache_statistics", named({{"start_time", 5}, {"max_cached_keys", 1000}})}});
  }
};

error failure_of(server& fpm, std::string const& release = "/srv/releases/2",
                 releases::warm_options const& options = {}) {
  try {
    fpm.warm(release, options);
  } catch (error const& failed) {
    return failed;
  }
  FAIL("it warmed");
  return error(error_kind::usage, "");
}

}  // namespace

TEST_CASE("the release that runs is the one to which a link current leads") {
  server fpm;
  fpm.links["/srv/staging"] = "/srv/releases/9";
  CHECK(fpm.warm().running == "/srv/releases/1");
}

TEST_CASE("a release that is said to run is the model, whatever links there are") {
  server fpm;
  fpm.cached["/srv/green/app/c.php"] = true;
  releases::warm_options options;
  options.running = "/srv/green/app";
  fpm.warm("/srv/releases/2", options);
  CHECK(fpm.compiled == texts{"/srv/releases/2/c.php"});
}

TEST_CASE("with every file, too, it is known which the running release uses") {
  server fpm;
  releases::warm_options options;
  options.like_running = false;
  options.files = {"/srv/releases/2/a.php", "/srv/releases/2/x.php"};
  auto const report = fpm.warm("/srv/releases/2", options);
  REQUIRE(fpm.compiled == texts{"/srv/releases/2/a.php", "/srv/releases/2/b.php", "/srv/releases/2/x.php"});
  CHECK(report.scripts[0].in_use);
  CHECK(report.scripts[1].in_use);
  CHECK_FALSE(report.scripts[2].in_use);
}

TEST_CASE("without a link current it is the one to which the only link leads") {
  server fpm;
  fpm.links = {{"/srv/www", "/srv/releases/1"}, {"/srv/web", "/srv/releases/1"}};
  CHECK(fpm.warm().running == "/srv/releases/1");
  fpm.links["/srv/staging"] = "/srv/releases/9";
  CHECK(failure_of(fpm).message() == "there is nothing to compile in /srv/releases/2");
}

TEST_CASE("what the running release has cached is compiled of the other, by its names there") {
  server fpm;
  auto const report = fpm.warm();
  CHECK(fpm.compiled == texts{"/srv/releases/2/a.php", "/srv/releases/2/b.php"});
  CHECK(report.running == "/srv/releases/1");
  CHECK(fpm.detached.empty());
}

TEST_CASE("of what the running release has cached, what was invalidated is no model") {
  server fpm;
  fpm.cached["/srv/releases/1/b.php"] = false;
  fpm.warm();
  CHECK(fpm.compiled == texts{"/srv/releases/2/a.php"});
}

TEST_CASE("where no release runs the files of the release are compiled") {
  server fpm;
  releases::warm_options options;
  options.files = {"/srv/releases/2/x.php", "/srv/releases/3/not-of-it.php"};
  SECTION("no link leads to one") {
    fpm.links.clear();
  }
  SECTION("it is said that none does") {
    options.running = "";
  }
  fpm.warm("/srv/releases/2", options);
  CHECK(fpm.compiled == texts{"/srv/releases/2/x.php"});
}

TEST_CASE("a release of which nothing is to be compiled is an error") {
  server fpm;
  fpm.links.clear();
  CHECK(failure_of(fpm).kind() == error_kind::not_found);
}

TEST_CASE("what is cached of the release and has not changed is ready") {
  server fpm;
  fpm.cached["/srv/releases/2/a.php"] = true;
  auto const report = fpm.warm();
  CHECK(report.scripts[0].what == outcome::ready);
  CHECK(fpm.compiled == texts{"/srv/releases/2/b.php"});
}

TEST_CASE("before a script is compiled to which an old name may lead, that name is led elsewhere") {
  server fpm;
  releases::warm_options options;
  options.links = {"/var/www/site"};
  SECTION("because it was invalidated") {
    fpm.cached["/srv/releases/2/a.php"] = false;
  }
  SECTION("because it has changed") {
    fpm.cached["/srv/releases/2/a.php"] = true;
    fpm.states["/srv/releases/2/a.php"] = "c";
  }
  fpm.warm("/srv/releases/2", options);
  CHECK(fpm.detached ==
        std::map<std::string, texts>{{"/srv/releases/2/a.php", {"/srv/current/a.php", "/var/www/site/a.php"}}});
  CHECK(fpm.compiled == texts{"/srv/releases/2/a.php", "/srv/releases/2/b.php"});
}

TEST_CASE("a link that leads to the release itself gives no name to be led elsewhere") {
  server fpm;
  fpm.links["/srv/next"] = "/srv/releases/2";
  fpm.cached["/srv/releases/2/a.php"] = false;
  fpm.warm();
  CHECK(fpm.detached["/srv/releases/2/a.php"] == texts{"/srv/current/a.php"});
}

TEST_CASE("a script whose name cannot be led elsewhere is left out, and the others are compiled") {
  server fpm;
  fpm.cached["/srv/releases/2/a.php"] = false;
  fpm.detaching["/srv/releases/2/a.php"] = "failed";
  auto const report = fpm.warm();
  CHECK(report.scripts[0].what == outcome::left_out);
  CHECK(report.scripts[0].why == "why");
  CHECK(fpm.compiled == texts{"/srv/releases/2/b.php"});
}

TEST_CASE("a file that the release has not is nothing to report, but counted") {
  server fpm;
  fpm.compiling["/srv/releases/2/b.php"] = "gone";
  auto const report = fpm.warm();
  CHECK(report.scripts.size() == 1);
  CHECK(report.in_use == 2);
  CHECK(report.missing == 1);
}

TEST_CASE("what is known to be unchanged is ready, whatever PHP makes of its times, if it is that very directory") {
  server fpm;
  fpm.cached["/srv/releases/2/a.php"] = true;
  fpm.states["/srv/releases/2/a.php"] = "c";
  releases::warm_options options;
  options.known = {{7, 8}, [](std::string const& path) { return path == "/srv/releases/2/a.php"; }, {}, {}};
  bool const is_same = GENERATE(true, false);
  if (is_same) fpm.itself = {7, 8};
  auto const report = fpm.warm("/srv/releases/2", options);
  CHECK((report.scripts[0].what == outcome::ready) == is_same);
}

TEST_CASE("what else is cached of a release is forgotten or compiled anew if it has changed, for it goes live too") {
  server fpm;
  fpm.cached["/srv/releases/2/admin.php"] = true;
  fpm.cached["/srv/releases/2/same.php"] = true;
  fpm.states["/srv/releases/2/admin.php"] = "c";
  auto const report = fpm.warm();
  CHECK(fpm.compiled == texts{"/srv/releases/2/a.php", "/srv/releases/2/admin.php", "/srv/releases/2/b.php"});
  CHECK(report.scripts.size() == 3);
}

TEST_CASE("it ends with the first file for which there is no room, and says so of all that are left") {
  server fpm;
  fpm.compiling["/srv/releases/2/b.php"] = "no_room";
  fpm.cached["/srv/releases/1/c.php"] = true;
  releases::warm_options options;
  options.pace.files = 1;
  auto const report = fpm.warm("/srv/releases/2", options);
  REQUIRE(report.scripts.size() == 3);
  CHECK(report.scripts[0].what == outcome::compiled);
  CHECK(report.scripts[1].what == outcome::no_room);
  CHECK(report.scripts[2].what == outcome::no_room);
}

TEST_CASE("files of which nothing is known need no room beforehand") {
  server fpm;
  fpm.free = 1000;
  fpm.cached.clear();
  releases::warm_options options;
  options.files = {"/srv/releases/2/x.php", "/srv/releases/2/y.php"};
  CHECK(fpm.warm("/srv/releases/2", options).scripts.size() == 2);
}

TEST_CASE("what opcache.preload loaded of the running release is compiled of no other") {
  server fpm;
  fpm.preloaded = {"/srv/releases/1/a.php"};
  fpm.warm();
  CHECK(fpm.compiled == texts{"/srv/releases/2/b.php"});
}

TEST_CASE("files that changed after they were compiled are told") {
  server fpm;
  auto const report = fpm.warm();
  CHECK(releases::changed_since(fpm.php, report, {}).empty());
  fpm.states["/srv/releases/2/b.php"] = "g";
  CHECK(releases::changed_since(fpm.php, report, {}) == texts{"/srv/releases/2/b.php"});
}

TEST_CASE("a running release that has changed is not warmed") {
  server fpm;
  fpm.states["/srv/releases/1/a.php"] = "c";
  releases::warm_options options;
  options.files = {"/srv/releases/1/a.php"};
  error const failed = failure_of(fpm, "/srv/releases/1", options);
  CHECK(failed.kind() == error_kind::php_error);
  CHECK(failed.hint() == "cachetool opcache:refresh /srv/releases/1");
  CHECK(fpm.detached.empty());
}

TEST_CASE("without room for the release nothing is compiled") {
  server fpm;
  fpm.free = 1000;
  CHECK(failure_of(fpm).kind() == error_kind::memory_limit);
  CHECK(fpm.compiled.empty());
}
