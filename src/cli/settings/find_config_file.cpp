#include <sys/stat.h>

#include <filesystem>
#include <utility>

#include "cli/settings/config_file.hpp"

namespace cachetool::cli {
namespace {

// A link that leads nowhere counts: going on to another file would hide that a deployment broke the link.
bool is_file(std::string const& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return false;
  if (!S_ISLNK(info.st_mode)) return S_ISREG(info.st_mode);
  return stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode);
}

void add_from(std::string const& directory, std::string_view stem, std::vector<std::string>& into) {
  for (std::string_view const ending : {".yml", ".yaml"}) {
    std::string path = directory + (directory.ends_with('/') ? "" : "/") + std::string(stem) + std::string(ending);
    if (is_file(path)) into.push_back(std::move(path));
  }
}

}  // namespace

std::vector<std::string> find_config_files(std::string const& home) {
  std::vector<std::string> found;
  std::error_code failed;
  for (std::filesystem::path at = std::filesystem::current_path(failed); !failed && !at.empty();
       at = at.parent_path()) {
    add_from(at, ".cachetool", found);
    if (at == at.parent_path()) break;
  }
  if (!home.empty()) add_from(home, ".cachetool", found);
  add_from("/etc", "cachetool", found);
  return found;
}

}  // namespace cachetool::cli
