#include <sys/stat.h>

#include <filesystem>

#include "cli/config_file.hpp"

namespace cachetool::cli {
namespace {

// A link that leads nowhere counts: going on to another file would hide that a deployment broke it.
bool is_file(std::string const& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) == 0) return S_ISREG(info.st_mode);
  return lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

std::string in_directory(std::string const& directory, std::string_view stem) {
  for (std::string_view const ending : {".yml", ".yaml"}) {
    std::string path = directory + (directory.ends_with('/') ? "" : "/") + std::string(stem) + std::string(ending);
    if (is_file(path)) return path;
  }
  return {};
}

}  // namespace

std::string find_config_file(std::string const& home) {
  std::error_code failed;
  for (std::filesystem::path at = std::filesystem::current_path(failed); !failed && !at.empty();
       at = at.parent_path()) {
    if (std::string found = in_directory(at, ".cachetool"); !found.empty()) return found;
    if (at == at.parent_path()) break;
  }
  if (!home.empty()) {
    if (std::string found = in_directory(home, ".cachetool"); !found.empty()) return found;
  }
  return in_directory("/etc", "cachetool");
}

}  // namespace cachetool::cli
