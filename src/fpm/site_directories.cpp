#include "fpm/site_directories.hpp"

#include <algorithm>
#include <string_view>

#include "base/path.hpp"

namespace cachetool::fpm {
namespace {

constexpr std::string_view no_sites[] = {"/dev", "/etc", "/proc", "/sys", "/tmp", "/usr", "/var/tmp", "/var/lib/php"};

void add_directories(std::string_view list, std::vector<std::string>& into) {
  while (!list.empty()) {
    std::string_view const one = list.substr(0, list.find(':'));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    std::string path(one);
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (path.starts_with('/')) into.push_back(std::move(path));
  }
}

bool may_be_a_site(std::string const& path) {
  return path != "/" && std::none_of(std::begin(no_sites), std::end(no_sites),
                                     [&path](std::string_view each) { return base::lies_in(path, each); });
}

}  // namespace

std::vector<std::string> directories_of(pool const& of) {
  std::vector<std::string> found;
  for (auto const& [name, line] : of.config) {
    bool const names_one = name == "chdir" || name.ends_with("[doc_root]") || name.ends_with("[open_basedir]");
    if (names_one) add_directories(line.value, found);
  }
  return found;
}

std::vector<std::string> site_directories(pool const& of) {
  std::vector<std::string> found = directories_of(of);
  std::erase_if(found, [](std::string const& path) { return !may_be_a_site(path); });
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace cachetool::fpm
