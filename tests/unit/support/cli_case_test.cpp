// How the output of a program is compared with what a CLI case expects.

#include "cli/case.hpp"
#include "support/catch.hpp"

using namespace cachetool::test;
using nlohmann::json;

namespace {

placeholders const values{{"socket", "/run/a+b.sock"}};

bool holds(expectation const& wanted, std::string const& output) {
  return difference(wanted, output, values).empty();
}

expectation text(std::string wanted) {
  return {std::move(wanted), {}, {}};
}
expectation matches(std::vector<std::string> wanted) {
  return {{}, std::move(wanted), {}};
}
expectation like(json wanted) {
  return {{}, {}, std::move(wanted)};
}

}  // namespace

TEST_CASE("an expectation that is left out means no output") {
  CHECK(holds({}, ""));
  CHECK_FALSE(holds({}, "\n"));
}

TEST_CASE("an expected text is compared whole, with its placeholders filled") {
  CHECK(holds(text("on {socket}\n"), "on /run/a+b.sock\n"));
  CHECK_FALSE(holds(text("on {socket}\n"), "on /run/a+b.sock"));
  CHECK(holds(text("{other}"), "{other}"));
}

TEST_CASE("every expected pattern must be found, and a placeholder in it stands for itself") {
  CHECK(holds(matches({"^b$", "^{socket} [0-9]+$"}), "a\nb\n/run/a+b.sock 12\n"));
  CHECK_FALSE(holds(matches({"a", "c"}), "a\nb\n"));
  CHECK_FALSE(holds(matches({"{socket}"}), "/run/aab.sock"));
}

TEST_CASE("expected JSON is the same value, whatever its spelling") {
  CHECK(holds(like({{"a", 1}, {"b", {1, 2}}}), R"({"b": [1,2], "a":1})"));
  CHECK(holds(like({{"at", "{socket}"}}), R"({"at":"/run/a+b.sock"})"));
  CHECK_FALSE(holds(like({{"a", 1}}), R"({"a":1,"b":2})"));
  CHECK_FALSE(holds(like({{"a", 1}}), R"({"b":1})"));
  CHECK_FALSE(holds(like({1, 2}), "[1]"));
  CHECK_FALSE(holds(like({{"a", 1}}), R"({"a":1)"));
}

TEST_CASE("a placeholder for a kind of JSON value stands for any value of that kind") {
  CHECK(holds(like({{"a", "{number}"}, {"b", "{string}"}, {"c", "{any}"}}), R"({"a":1.5,"b":"x","c":[null]})"));
  CHECK_FALSE(holds(like({{"a", "{number}"}}), R"({"a":"1"})"));
  CHECK_FALSE(holds(like({{"a", "{string}"}}), R"({"a":null})"));
}
