#include "cli/commands/opcache_refresh_view.hpp"

#include "support/catch.hpp"

using namespace cachetool;
using outcome = opcache::refreshed_script::outcome;

namespace {

opcache::refresh_report report_of(std::initializer_list<outcome> outcomes) {
  opcache::refresh_report report;
  for (outcome const what : outcomes) report.scripts.push_back({"/a.php", what, "why", {}});
  return report;
}

}  // namespace

TEST_CASE("a refresh is told in one line, and what did not happen is left out") {
  CHECK(cli::refresh_text(report_of({})) == "0 scripts refreshed, 0 unchanged");
  auto report = report_of({outcome::refreshed, outcome::forgotten, outcome::failed, outcome::kept});
  report.unchanged = 7;
  report.skipped = 1;
  CHECK(cli::refresh_text(report) ==
        "1 script refreshed, 1 forgotten, 1 gone but kept, 1 failed, 1 skipped, 7 unchanged");
}

TEST_CASE("a refresh fails if a script did, or if nothing was cached") {
  CHECK_FALSE(cli::failure(report_of({})));
  CHECK_FALSE(cli::failure(report_of({outcome::refreshed, outcome::not_cached, outcome::preloaded, outcome::kept})));
  CHECK(cli::failure(report_of({outcome::refreshed, outcome::failed}))->message() ==
        "1 of 2 scripts could not be refreshed");
  CHECK(cli::failure(report_of({outcome::not_cached}))->message() == "nothing was cached: why");
}

TEST_CASE("each script of a refresh that needs attention has its line") {
  CHECK(cli::remarks(report_of({outcome::refreshed, outcome::forgotten})).empty());
  CHECK(cli::remarks(report_of({outcome::preloaded})) ==
        std::vector<std::string>{"/a.php was loaded by opcache.preload: it stays as it is until php-fpm is reloaded"});
}

TEST_CASE("scripts that are not cached for the same reason share a line") {
  CHECK(cli::remarks(report_of({outcome::not_cached, outcome::no_room, outcome::not_cached, outcome::no_room})) ==
        std::vector<std::string>{"2 scripts are not cached: why", "2 scripts were left out for lack of room: why"});
  auto report = report_of({outcome::not_cached, outcome::not_cached});
  report.scripts[1].why = "another";
  CHECK(cli::remarks(report) == std::vector<std::string>{"/a.php is not cached: why", "/a.php is not cached: another"});
}

TEST_CASE(
    "new scripts that find no room are a failure once nothing was cached, and a reset helps where memory is wasted") {
  CHECK_FALSE(cli::failure(report_of({outcome::refreshed, outcome::no_room})));
  auto report = report_of({outcome::no_room});
  CHECK(cli::failure(report)->hint() == "raise that in php.ini, and reload php-fpm");
  report.memory.wasted = 50 << 20;
  CHECK(cli::failure(report)->hint() == "cachetool opcache:reset");
}
