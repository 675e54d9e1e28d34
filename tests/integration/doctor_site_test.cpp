// doctor: why old code is still served, of a site that is named or of a link that was switched.

#include <filesystem>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

using nlohmann::json;

/// The findings about the site.
json about_site(php_fpm const& server, std::vector<std::string> const& more = {}) {
  std::vector<std::string> arguments{"doctor", "--format=json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto const output = call(server, arguments);
  INFO(output.out << output.err);
  json found = json::array();
  auto const read = json::parse(output.out);
  for (json const& each : read["targets"][0]["result"]["checks"]) {
    if (each["step"] == "site") found.push_back(each);
  }
  return found;
}

json one_about_site(php_fpm const& server, std::vector<std::string> const& more = {}) {
  auto const found = about_site(server, more);
  INFO(found);
  REQUIRE(found.size() == 1);
  return found[0];
}

std::string text(json const& finding, char const* name) {
  return finding[name].get<std::string>();
}

}  // namespace

TEST_CASE(
    "a link that was switched is seen by doctor itself: who remembers what, which names lead where, and the cure") {
  bool const validates = GENERATE(false, true);
  php_fpm const server{options_for(3, validates)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  CHECK(about_site(server).empty());
  pages.link("2");
  auto const found = one_about_site(server);
  CHECK(found["name"] == "switched_link");
  CHECK(found["level"] == "warning");
  auto const message = text(found, "message");
  INFO(message);
  CHECK(contains(message, pages.current() + " leads to " + pages.release("2") + ", but " + pages.release("1")));
  CHECK(contains(message, "3 of 3 workers ("));
  for (pid_t const worker : server.workers()) CHECK(contains(message, std::to_string(worker)));
  CHECK(contains(message, "realpath_cache_ttl=120"));
  CHECK(contains(message, "2 cached names lead to it (" + pages.current() + "/"));
  CHECK(contains(message, validates ? "opcache.revalidate_freq=2" : "opcache.validate_timestamps=0"));
  CHECK(text(found, "hint") == "cachetool deploy:finish " + pages.current() + " --fcgi=" + server.endpoint().text());
  CHECK(visits(server, pages) == texts{"1 1 1"});  // nothing was changed
}

TEST_CASE("the command that doctor names cures it, and then doctor says that every worker serves what is there") {
  php_fpm const server{options_for(3)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  CHECK(one_about_site(server, {"--site=" + pages.current()})["name"] == "switched_link");
  CHECK(call(server, {"deploy:finish", pages.current()}).exit_code == 0);
  CHECK(visits(server, pages) == texts{"2 2 2"});
  CHECK(about_site(server).empty());
  auto const found = about_site(server, {"--site=" + pages.current()});
  REQUIRE_FALSE(found.empty());
  for (json const& each : found) CHECK(each["name"] != "switched_link");
}

TEST_CASE("a site of which every worker serves what is there is ok, and doctor says how it knows") {
  php_fpm const server{options_for(2, true)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  auto const found = one_about_site(server, {"--site=" + pages.current()});
  CHECK(found["level"] == "ok");
  CHECK(contains(text(found, "message"), "every worker serves what is there: 2 workers asked"));
}

TEST_CASE("names alone that lead to the release before are told, where no worker remembers the link") {
  php_fpm const server{options_for(2)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  CHECK(call(server, {"stat:clear"}).exit_code == 0);
  auto const found = about_site(server, {"--site=" + pages.directory()});
  REQUIRE_FALSE(found.empty());
  auto const message = text(found[0], "message");
  INFO(message);
  CHECK(contains(message, "2 cached names lead to it"));
  CHECK_FALSE(contains(message, "remember"));
}

TEST_CASE("of other sites doctor says nothing if one is named") {
  php_fpm const server{options_for(2, true)};
  site const pages;
  site const other;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  CHECK(visits(server, other) == texts{"1 1 1"});
  other.link("2");
  CHECK(one_about_site(server, {"--site=" + pages.current()})["level"] == "ok");
  CHECK(one_about_site(server, {"--site=" + other.current()})["name"] == "switched_link");
}

TEST_CASE("code that was changed in place is told with what PHP knows of it, and opcache:refresh") {
  bool const validates = GENERATE(false, true);
  auto options = options_for(2, validates);
  options.ini["opcache.revalidate_freq"] = "600";
  php_fpm const server{options};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  std::this_thread::sleep_for(1100ms);  // the times of files are compared with that of caching, in seconds
  std::ofstream(pages.release("1") + "/rel.php") << "<?php $GLOBALS['rel'] = 'changed';";
  auto const found = one_about_site(server, {"--site=" + pages.current()});
  CHECK(found["name"] == "changed_files");
  CHECK(contains(text(found, "message"), validates ? "PHP notices within 600 s" : "PHP never notices"));
  CHECK(contains(text(found, "hint"), "opcache:refresh " + pages.current()));
}

TEST_CASE("every pool of the master is asked what its workers remember") {
  if (!is_root()) return skip("needs root");
  auto options = options_for(2);
  options.pools.push_back({.name = "other", .max_children = 2, .lines = {"user = nobody", "group = nogroup"}});
  php_fpm const server{options};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  CHECK(visits(server, pages, 12, "other") == texts{"1 1 1"});
  pages.link("2");
  CHECK(contains(text(one_about_site(server), "message"), "4 of 4 workers ("));
}

TEST_CASE("where a worker cannot be asked doctor says that this may not be all") {
  auto options = options_for(2);
  options.pools.front().lines = {"php_admin_value[disable_functions] = getmypid"};
  php_fpm const server{options};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  auto const found = about_site(server, {"--site=" + pages.current()});
  INFO(found);
  REQUIRE_FALSE(found.empty());
  CHECK(found.back()["name"] == "unknown");
  CHECK(found.back()["level"] == "warning");
  CHECK(contains(text(found.back(), "message"), "nobody tells which workers the pool www has"));
}

TEST_CASE("a site that php-fpm does not see is a warning, and the command ends with 1") {
  php_fpm const server{options_for(2)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  auto const option = "--site=" + pages.directory() + "/curent";
  auto const found = one_about_site(server, {option});
  CHECK(found["level"] == "warning");
  CHECK(contains(text(found, "message"), "php-fpm sees nothing at " + pages.directory() + "/curent"));
  CHECK(call(server, {"doctor", option}).exit_code == 1);
}

TEST_CASE("a release that was removed, whose scripts are served yet, is a warning with the cure") {
  php_fpm const server{options_for(1)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  fs::remove_all(pages.release("1"));
  CHECK(visits(server, pages) == texts{"1 1 1"});
  auto const found = about_site(server, {"--site=" + pages.release("1")});
  INFO(found);
  REQUIRE_FALSE(found.empty());
  CHECK(found[0]["name"] == "gone_files");
  CHECK(found[0]["level"] == "warning");
  CHECK(contains(text(found[0], "hint"), "opcache:refresh " + pages.release("1")));
  CHECK(call(server, {"opcache:refresh", pages.release("1")}).exit_code == 0);
  for (json const& each : about_site(server, {"--site=" + pages.release("1")})) CHECK(each["name"] != "gone_files");
}

TEST_CASE("files that the pool may not see are a warning: nobody knows what became of them") {
  if (!is_root()) return skip("needs root");
  php_fpm const server{options_for(2)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  fs::permissions(pages.release("1"), fs::perms::owner_all);
  auto const found = about_site(server, {"--site=" + pages.current()});
  INFO(found);
  REQUIRE_FALSE(found.empty());
  CHECK(found.back()["name"] == "unknown");
  CHECK(found.back()["level"] == "warning");
  for (json const& each : found) CHECK(each["level"] != "ok");
}

TEST_CASE("without OPcache doctor tells which workers remember where the link led") {
  auto options = options_for(2);
  options.ini["opcache.enable"] = "0";
  php_fpm const server{options};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  auto const before = one_about_site(server, {"--site=" + pages.current()});
  CHECK(before["level"] == "ok");
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  auto const found = one_about_site(server, {"--site=" + pages.directory()});
  INFO(found);
  CHECK(found["name"] == "switched_link");
  CHECK(contains(text(found, "message"), pages.release("1") + " may still be served: 2 of 2 workers ("));
}

TEST_CASE("a memory that is past realpath_cache_ttl is no evidence, but what lies below may be believed for longer") {
  auto options = options_for(1);
  options.ini["opcache.enable"] = "0";
  options.ini["realpath_cache_ttl"] = "1";
  php_fpm const server{options};
  site const pages;
  auto const resolve = [&](std::string const& file) {
    auto const look = server.write_script(file, "<?php echo realpath('" + pages.current() + "/" + file + "');");
    return run_script(server, look).body;
  };
  CHECK(resolve("index.php") == pages.release("1") + "/index.php");
  std::this_thread::sleep_for(1s);
  CHECK(resolve("rel.php") == pages.release("1") + "/rel.php");
  pages.link("2");
  std::this_thread::sleep_for(1s);  // the link itself would be looked up again by now
  bool const may_be_served = resolve("rel.php") == pages.release("1") + "/rel.php";
  auto const found = one_about_site(server, {"--site=" + pages.current()});
  // What was served a moment ago may have passed its time when doctor looks; what was not is never told of.
  CHECK((found["name"] == "old_code" || (may_be_served && found["name"] == "switched_link")));
  CHECK(one_about_site(server, {"--site=" + pages.current()})["name"] == "old_code");  // that worker has forgotten it
}

TEST_CASE("the table has the finding as a row, and the cure stands on standard error") {
  php_fpm const server{options_for(2)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  auto const output = call(server, {"doctor", "--site=" + pages.current()});
  INFO(output.out << output.err);
  CHECK(output.exit_code == 1);
  CHECK(contains(output.out, "| warning | switched link "));
  CHECK(contains(output.err, "switched link: cachetool deploy:finish " + pages.current()));
}
