#include "docs/documents.hpp"

#include <fstream>
#include <sstream>

namespace test {

namespace fs = std::filesystem;

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
  std::istringstream lines(text_of(document));
  std::vector<std::string> prose;
  bool fenced = false;
  for (std::string line; std::getline(lines, line);) {
    bool const is_fence = line.starts_with("```");
    if (is_fence) fenced = !fenced;
    if (!fenced && !is_fence && !line.starts_with("    ")) prose.push_back(line);
  }
  return prose;
}

}  // namespace test
