#include "agent/operations.hpp"

#include <algorithm>
#include <regex>
#include <set>
#include <string>

#include "support/catch.hpp"

using namespace cachetool;

namespace {

// "opcache.reset" for each "function do_opcache_reset(" in TEXT; the first "_" parts group and name.
std::set<std::string> operations_in(std::string_view text) {
  static std::regex const definition(R"(\nfunction do_([a-z]+)_([a-z_]+)\()");
  std::set<std::string> names;
  using iterator = std::regex_iterator<std::string_view::const_iterator>;
  for (iterator at(text.begin(), text.end(), definition), end; at != end; ++at) {
    names.insert((*at)[1].str() + "." + (*at)[2].str());
  }
  return names;
}

}  // namespace

TEST_CASE("the table has each operation that the agent defines, and no other") {
  std::set<std::string> names;
  for (agent::operation const& each : agent::operations()) names.emplace(each.name);
  CHECK(names == operations_in(agent::complete().text));
}

TEST_CASE("the agent of an operation defines it, and the table is sorted by name") {
  auto const all = agent::operations();
  for (agent::operation const& each : all) {
    INFO(each.name);
    CHECK(operations_in(each.agent.text).contains(std::string(each.name)));
    CHECK(each.agent.text.size() < agent::complete().text.size());
  }
  CHECK(std::is_sorted(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.name < b.name; }));
}

TEST_CASE("an operation that the agent does not have is an error, not a larger agent") {
  CHECK_THROWS_AS(agent::source_for("opcache.nothing"), error);
}
