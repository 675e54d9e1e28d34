#include "docs/documents.hpp"

#include <fstream>
#include <sstream>
#include <string_view>

namespace test {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view indent = "    ";

/// Calls with each line of a document, and whether it is in a block.
template <typename Visit>
void for_each_line(fs::path const& document, Visit const& visit) {
  std::istringstream lines(text_of(document));
  bool fenced = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      fenced = !fenced;
    } else {
      visit(line, fenced || line.starts_with(indent));
    }
  }
}

}  // namespace

std::vector<fs::path> documents() {
  fs::path const project = CACHETOOL_PROJECT;
  std::vector<fs::path> found{project / "README.md"};
  for (auto const& each : fs::recursive_directory_iterator(project / "docs")) {
    if (each.path().extension() == ".md") found.push_back(each.path());
  }
  return found;
}

std::string text_of(fs::path const& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::vector<std::string> prose_of(fs::path const& document) {
  std::vector<std::string> prose;
  for_each_line(document, [&](std::string const& line, bool in_block) {
    if (!in_block) prose.push_back(line);
  });
  return prose;
}

std::vector<std::string> blocks_of(fs::path const& document) {
  std::vector<std::string> blocks;
  for_each_line(document, [&](std::string const& line, bool in_block) {
    if (in_block) blocks.push_back(line.starts_with(indent) ? line.substr(indent.size()) : line);
  });
  return blocks;
}

}  // namespace test
