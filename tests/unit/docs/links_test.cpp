#include <cctype>
#include <regex>
#include <set>

#include "docs/documents.hpp"
#include "support/catch.hpp"

namespace {

namespace fs = std::filesystem;

bool stays_in_an_anchor(char c) {
  bool const is_ascii = static_cast<unsigned char>(c) < 0x80;
  return !is_ascii || std::isalnum(c) != 0 || c == '-' || c == '_';
}

/// The anchor that a heading gets where Markdown is shown: small letters, no punctuation, dashes for spaces.
std::string anchor_of(std::string const& heading) {
  std::string anchor;
  for (char const c : heading) {
    if (c == ' ') anchor += '-';
    if (stays_in_an_anchor(c)) anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return anchor;
}

std::set<std::string> anchors_of(fs::path const& document) {
  std::set<std::string> anchors;
  for (std::string const& line : test::prose_of(document)) {
    if (!line.starts_with('#')) continue;
    std::string const heading = line.substr(line.find_first_not_of("# "));
    anchors.insert(anchor_of(heading));
  }
  return anchors;
}

/// Where the links of a document lead: what stands between "](" and ")". Pictures are links, too.
std::vector<std::string> links_of(fs::path const& document) {
  static std::regex const link(R"(\]\(([^)\s]+)\))");
  std::vector<std::string> links;
  for (std::string const& line : test::prose_of(document)) {
    for (std::sregex_iterator at(line.begin(), line.end(), link), end; at != end; ++at) links.push_back((*at)[1]);
  }
  return links;
}

bool leads_out_of_the_project(std::string const& link) {
  return link.find("://") != std::string::npos;
}

/// What is wrong with a link; nothing if it leads somewhere.
std::string fault_of(fs::path const& document, std::string const& link) {
  std::size_t const hash = link.find('#');
  std::string const path = link.substr(0, hash);
  fs::path const target = path.empty() ? document : document.parent_path() / path;
  if (!fs::exists(target)) return "there is no such file";
  if (hash == std::string::npos || anchors_of(target).contains(link.substr(hash + 1))) return {};
  return "there is no such heading";
}

}  // namespace

TEST_CASE("each link of a document leads to a file, and to a heading in it") {
  std::size_t followed = 0;
  for (fs::path const& document : test::documents()) {
    for (std::string const& link : links_of(document)) {
      if (leads_out_of_the_project(link)) continue;
      INFO(document << " links to " << link);
      CHECK(fault_of(document, link).empty());
      ++followed;
    }
  }
  CHECK(followed > 50);
}

TEST_CASE("each document can be reached from README.md") {
  std::set<fs::path> reached;
  std::vector<fs::path> to_read{fs::path(CACHETOOL_PROJECT) / "README.md"};
  while (!to_read.empty()) {
    fs::path const document = to_read.back();
    to_read.pop_back();
    if (document.extension() != ".md" || !reached.insert(document).second) continue;
    for (std::string const& link : links_of(document)) {
      std::string const path = link.substr(0, link.find('#'));
      if (path.empty() || leads_out_of_the_project(link)) continue;
      to_read.push_back((document.parent_path() / path).lexically_normal());
    }
  }
  for (fs::path const& document : test::documents()) {
    INFO(document);
    CHECK(reached.contains(document));
  }
}
