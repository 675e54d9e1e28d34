#include <fstream>
#include <sstream>

#include "advice/checks.hpp"
#include "support/catch.hpp"

namespace {

// Each rule's paragraph begins with its id: "- `cache.memory`: ...".
std::string documented(std::string const& text) {
  std::istringstream lines(text);
  std::string ids;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("- `") && line.find("`: ") != std::string::npos)
      ids += line.substr(3, line.find('`', 3) - 3) + "\n";
  }
  return ids;
}

}  // namespace

TEST_CASE("docs/monitoring.md has a paragraph for each rule, in the order in which they are judged, and no other") {
  std::ostringstream text;
  text << std::ifstream(CACHETOOL_MONITORING).rdbuf();
  std::string expected;
  for (std::string const& id : cachetool::advice::rule_ids()) expected += id + "\n";
  CHECK(documented(text.str()) == expected);
}
