#include <algorithm>

#include "cli/line/command_line.hpp"
#include "docs/documents.hpp"
#include "support/catch.hpp"

namespace {

/// The names of the commands that have a row: "| `doctor` | ...".
std::vector<std::string> documented() {
  std::vector<std::string> names;
  for (std::string const& line : test::prose_of(std::filesystem::path(CACHETOOL_PROJECT) / "docs/commands.md")) {
    if (line.starts_with("| `")) names.push_back(line.substr(3, line.find('`', 3) - 3));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("docs/commands.md has a row for each command, and for no other") {
  std::vector<std::string> names;
  for (auto const& command : cachetool::cli::commands()) {
    if (!command.internal) names.emplace_back(command.name);
  }
  std::sort(names.begin(), names.end());
  CHECK(documented() == names);
}
