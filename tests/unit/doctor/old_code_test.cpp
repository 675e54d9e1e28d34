#include "doctor/old_code.hpp"

#include "advice/subject.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::doctor;
using test::healthy;

namespace {

bool contains(std::string const& text, std::string const& part) {
  return text.find(part) != std::string::npos;
}

old_code with_link(releases::evidence by) {
  old_code seen;
  seen.workers = 8;
  releases::switched_link link;
  link.path = "/srv/site/current";
  link.leads_to = link.release = "/srv/site/releases/2";
  link.before = {"/srv/site/releases/1"};
  link.seen["/srv/site/releases/1"] = std::move(by);
  seen.switched.push_back(std::move(link));
  return seen;
}

}  // namespace

TEST_CASE("a switched link is a warning with who remembers it, which names lead there, why, and the one cure") {
  auto const found = check_old_code(with_link({{12, 13}, 3, "/srv/site/current/index.php"}), healthy());
  REQUIRE(found.size() == 1);
  CHECK(found.front().step == "site");
  CHECK(found.front().name == "switched_link");
  CHECK(found.front().what.how == level::warning);
  CHECK(found.front().what.message ==
        "/srv/site/current leads to /srv/site/releases/2, but /srv/site/releases/1 may still be served: 2 of 8 workers "
        "(12, 13) remember it, for 120 s each time (realpath_cache_ttl=120); 3 cached names lead to it "
        "(/srv/site/current/index.php), and PHP looks for a change of the file there, and not for another link "
        "(opcache.validate_timestamps=1, opcache.revalidate_freq=2)");
  CHECK(found.front().what.hint == "cachetool deploy:finish /srv/site/current");
}

TEST_CASE("of a switched link only what was seen is told") {
  auto const remembered = check_old_code(with_link({{12}, 0, ""}), healthy()).front().what.message;
  CHECK(contains(remembered, "1 of 8 workers (12) remembers it"));
  CHECK_FALSE(contains(remembered, "cached name"));
  auto patient = healthy();
  patient.php.settings["opcache.validate_timestamps"] = "0";
  auto const named = check_old_code(with_link({{}, 1, "/srv/site/current/a.php"}), patient).front().what.message;
  CHECK(contains(named, "1 cached name leads to it (/srv/site/current/a.php), and PHP never looks again"));
  CHECK_FALSE(contains(named, "remember"));
}

TEST_CASE("of many workers that remember a link eight are named") {
  releases::evidence by;
  for (int pid = 1; pid <= 20; ++pid) by.workers.push_back(pid);
  CHECK(contains(check_old_code(with_link(by), healthy()).front().what.message, "(1, 2, 3, 4, 5, 6, 7, 8, ...)"));
}

TEST_CASE("without a finding a site that was named is ok, and nothing is said where none was named") {
  old_code seen;
  seen.workers = 4;
  seen.scripts = 2;
  CHECK(check_old_code(seen, healthy()).empty());
  seen.site = "/srv/site/current";
  auto const found = check_old_code(seen, healthy());
  REQUIRE(found.size() == 1);
  CHECK(found.front().what.how == level::ok);
  CHECK(found.front().what.message ==
        "every worker serves what is there: 4 workers asked, no name leads elsewhere, 2 cached scripts of "
        "/srv/site/current are as their files");
}

TEST_CASE("a site is not said to be served as it is if a worker could not be asked") {
  old_code seen;
  seen.site = "/srv/site/current";
  seen.why_not_all = "the pool shop cannot be reached";
  auto const found = check_old_code(seen, healthy());
  REQUIRE(found.size() == 1);
  CHECK(found.front().name == "unknown");
  CHECK(found.front().what.how == level::warning);
  CHECK(found.front().what.message == "this may not be all: the pool shop cannot be reached");
}

TEST_CASE("files that are gone or hidden, or a site that is not there, are a warning each, and the site is not ok") {
  old_code seen;
  seen.site = "/srv/site";
  seen.scripts = 3;
  auto const gone = GENERATE(0, 1);
  if (gone == 1) seen.gone = {"/srv/site/a.php"};
  auto const hidden = GENERATE(0, 1);
  if (hidden == 1) seen.hidden = {"/srv/site/b.php"};
  seen.missing = GENERATE(false, true);
  auto const found = check_old_code(seen, healthy());
  std::vector<std::string> names;
  for (finding const& each : found) {
    names.push_back(each.name);
    CHECK(each.what.how == (each.name == "old_code" ? level::ok : level::warning));
  }
  std::vector<std::string> expected;
  if (gone == 1) expected.push_back("gone_files");
  if (seen.missing) expected.push_back("missing");
  if (hidden == 1) expected.push_back("unknown");
  if (expected.empty()) expected.push_back("old_code");
  CHECK(names == expected);
}

TEST_CASE("a site of which nothing is cached, or that needs no cache, is ok only with what was looked at") {
  old_code seen;
  seen.site = "/srv/site";
  seen.workers = 2;
  CHECK(contains(check_old_code(seen, healthy()).front().what.message, "nothing of /srv/site is cached"));
  seen.has_cache = false;
  auto const message = check_old_code(seen, healthy()).front().what.message;
  CHECK(message == "every worker serves what is there: 2 workers asked, no scripts are cached in memory");
}

TEST_CASE("changed files are a note with when PHP notices, and how to have it notice at once") {
  old_code seen;
  seen.site = "/srv/my site";
  seen.scripts = 5;
  seen.changed = {"/srv/my site/a.php"};
  auto const found = check_old_code(seen, healthy());
  REQUIRE(found.size() == 1);
  CHECK(found.front().name == "changed_files");
  CHECK(found.front().what.how == level::note);
  CHECK(contains(found.front().what.message,
                 "1 of 5 cached scripts have other files by now (/srv/my site/a.php): PHP "
                 "notices within 2 s"));
  CHECK(found.front().what.hint == "cachetool opcache:refresh '/srv/my site'");
}
