#include "caches/find_scripts.hpp"

#include <glob.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include <cachetool/error.hpp>

#include "base/path.hpp"

namespace cachetool::opcache {
namespace {

namespace fs = std::filesystem;

bool contains(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

class walk {
 public:
  explicit walk(std::vector<std::string> const& exclude) : exclude_(exclude) {}

  void directory(std::string const& path) {
    std::error_code failed;
    fs::directory_iterator entries(path, failed);
    if (failed) throw error(error_kind::usage, "the directory \"" + path + "\" cannot be read: " + failed.message());
    visit(std::move(entries), path, {});
  }

  std::vector<script_file> found;

 private:
  // The directory is listed first, so only one is open at a time, however deep the tree is.
  void visit(fs::directory_iterator entries, std::string const& path, std::string const& prefix) {
    std::vector<fs::directory_entry> listed;
    std::error_code failed;
    for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) listed.push_back(*entries);
    for (fs::directory_entry const& entry : listed) visit(entry, path, prefix);
  }

  void visit(fs::directory_entry const& entry, std::string const& path, std::string const& prefix) {
    std::string const name = entry.path().filename().string();
    if (name.front() == '.' || !is_wanted(prefix + name)) return;
    std::string const below = path + "/" + name;
    std::error_code failed;
    fs::file_status const itself = entry.symlink_status(failed);
    if (fs::is_directory(itself)) {
      if (name == "_svn" || name == "CVS" || name == "_darcs") return;
      fs::directory_iterator entries(below, failed);
      if (!failed) visit(std::move(entries), below, prefix + name + "/");
    } else if (name.ends_with(".php") && is_script(entry, itself)) {
      found.push_back({base::real_or_absolute_path(below), prefix + name});
    }
  }

  // A link that leads nowhere counts: CacheTool fails on it, and so does PHP. A pipe does not count: reading it would
  // wait.
  static bool is_script(fs::directory_entry const& entry, fs::file_status const& itself) {
    std::error_code failed;
    fs::file_status const target = fs::is_symlink(itself) ? entry.status(failed) : itself;
    return fs::is_regular_file(target) || (fs::is_symlink(itself) && target.type() == fs::file_type::not_found);
  }

  [[nodiscard]] bool is_wanted(std::string const& name) const {
    if (contains(name, "Tests") || contains(name, "tests")) return false;
    return std::none_of(exclude_.begin(), exclude_.end(), [&](auto const& word) { return contains(name, word); });
  }

  std::vector<std::string> const& exclude_;
};

// The parts between the braces that open at `open`, and where they close; nothing if they do not.
struct braces {
  std::vector<std::string> parts;
  std::size_t close = 0;
};

std::optional<braces> read_braces(std::string_view pattern, std::size_t open) {
  braces found;
  std::size_t start = open + 1;
  std::size_t depth = 0;
  for (std::size_t at = open; at < pattern.size(); ++at) {
    char const c = pattern[at];
    if (c == '\\') ++at;
    if (c == '{') ++depth;
    bool const ends = c == '}' && --depth == 0;
    if (ends || (c == ',' && depth == 1)) found.parts.emplace_back(pattern.substr(start, at - start));
    if (c == ',' && depth == 1) start = at + 1;
    if (ends) return found.close = at, found;
  }
  return std::nullopt;
}

// "a{b,c}" is "ab" and "ac", as PHP's GLOB_BRACE has it; not every C library has that.
std::vector<std::string> without_braces(std::string const& pattern) {
  std::size_t open = pattern.find('{');
  while (open != std::string::npos && open > 0 && pattern[open - 1] == '\\') open = pattern.find('{', open + 1);
  auto const found = open == std::string::npos ? std::nullopt : read_braces(pattern, open);
  if (!found) return {pattern};
  std::vector<std::string> all;
  for (std::string const& part : found->parts) {
    for (std::string const& rest : without_braces(part + pattern.substr(found->close + 1))) {
      all.push_back(pattern.substr(0, open) + rest);
    }
  }
  return all;
}

void add_matching(std::vector<std::string>& directories, std::string const& pattern) {
  glob_t matched{};
  if (glob(pattern.c_str(), 0, nullptr, &matched) == 0) {
    for (std::size_t i = 0; i < matched.gl_pathc; ++i) {
      std::error_code hidden;
      if (fs::is_directory(matched.gl_pathv[i], hidden)) directories.emplace_back(matched.gl_pathv[i]);
    }
  }
  globfree(&matched);
}

std::vector<std::string> matching_directories(std::string const& pattern) {
  std::vector<std::string> directories;
  for (std::string const& each : without_braces(pattern)) add_matching(directories, each);
  std::sort(directories.begin(), directories.end());
  directories.erase(std::unique(directories.begin(), directories.end()), directories.end());
  return directories;
}

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

std::vector<script_file> find_scripts(std::string const& directory, std::vector<std::string> const& exclude) {
  std::error_code failed;
  std::vector<std::string> directories{directory};
  if (!fs::is_directory(directory, failed)) directories = matching_directories(directory);
  if (directories.empty()) {
    bool const is_hidden =
        failed && failed != std::errc::no_such_file_or_directory && failed != std::errc::not_a_directory;
    throw error(error_kind::usage, "the directory \"" + directory + "\" " +
                                       (is_hidden ? "cannot be read: " + failed.message() : "does not exist"));
  }
  walk all(exclude);
  for (std::string const& one : directories) all.directory(without_slashes(one));
  return std::move(all.found);
}

bool is_regular_expression(std::string const& exclude) {
  std::size_t const end = exclude.find_last_not_of("imsxuADUn");
  if (end == std::string::npos || exclude.size() < 3) return false;
  // The shortest body of at least three bytes with nothing but modifiers after it.
  std::string const body = exclude.substr(0, std::max<std::size_t>(end + 1, 3));
  char const first = body.front();
  char const last = body.back();
  if (first == last) {
    return std::isalnum(static_cast<unsigned char>(first)) == 0 &&
           std::string_view("*? \\").find(first) == std::string_view::npos;
  }
  constexpr std::string_view brackets[] = {"{}", "()", "[]", "<>"};
  return std::any_of(std::begin(brackets), std::end(brackets),
                     [&](std::string_view pair) { return first == pair[0] && last == pair[1]; });
}

}  // namespace cachetool::opcache
