#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "report/table.hpp"
#include "support/catch.hpp"

namespace cachetool::test {

/// What CacheTool 10 printed, as it was recorded: a file of tests/unit/golden.
inline std::string golden(std::string const& name) {
  std::ifstream file(GOLDEN_DIRECTORY "/" + name, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A table as it stands on the terminal.
inline std::string rendered(report::table const& what, bool colour = false) {
  std::string text;
  what.render([&text](std::string_view line) { text += line; }, colour);
  return text;
}

}  // namespace cachetool::test
