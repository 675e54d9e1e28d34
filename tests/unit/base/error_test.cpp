#include <set>

#include <cachetool/error.hpp>

#include "support/catch.hpp"

using namespace cachetool;

TEST_CASE("every error kind has a name of its own") {
  std::set<std::string> names;
  int const count = static_cast<int>(error_kind::no_resources) + 1;
  for (int i = 0; i < count; ++i) names.emplace(name(static_cast<error_kind>(i)));
  CHECK(names.size() == static_cast<std::size_t>(count));
  CHECK(names.count("unknown") == 0);
}

TEST_CASE("error kinds are named as they stand in JSON output") {
  CHECK(name(error_kind::unreachable) == "unreachable");
  CHECK(name(error_kind::not_visible) == "not_visible");
  CHECK(name(error_kind::not_fastcgi) == "not_fastcgi");
}

TEST_CASE("every phase has a name of its own") {
  std::set<std::string> names;
  int const count = static_cast<int>(phase::answer) + 1;
  for (int i = 0; i < count; ++i) names.emplace(name(static_cast<phase>(i)));
  CHECK(names.size() == static_cast<std::size_t>(count));
  CHECK(names.count("unknown") == 0);
}

TEST_CASE("an error carries what it was given") {
  error const e =
      error(error_kind::stale, "gone").during(phase::connect).on("/run/x").advise("start it").may_have_run(true);
  CHECK(e.kind() == error_kind::stale);
  CHECK(std::string(e.what()) == "gone");
  CHECK(e.at() == phase::connect);
  CHECK(e.endpoint() == "/run/x");
  CHECK(e.hint() == "start it");
  CHECK(e.may_have_run());
}

TEST_CASE("an error in other words keeps its kind, phase, endpoint and what is to blame") {
  auto const failed = error(error_kind::disabled, "it failed")
                          .during(phase::answer)
                          .on("/run/a.sock")
                          .blame_on(blame::function, "opcache_reset")
                          .may_have_run(true);
  error const same = failed.in_words("it did not work", "try this");
  CHECK(same.message() == "it did not work");
  CHECK(same.hint() == "try this");
  CHECK(same.kind() == error_kind::disabled);
  CHECK(same.at() == phase::answer);
  CHECK(same.endpoint() == "/run/a.sock");
  CHECK(same.blamed() == blame::function);
  CHECK(same.blamed_name() == "opcache_reset");
  CHECK(same.may_have_run());
}
