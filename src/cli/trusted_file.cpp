#include "cli/trusted_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace cachetool::cli {
namespace {

std::string objection(struct stat const& info, std::string const& path, std::vector<uid_t> const& owners) {
  if (std::find(owners.begin(), owners.end(), info.st_uid) == owners.end()) {
    return path + " belongs to uid " + std::to_string(info.st_uid);
  }
  // In a sticky directory only the owner of a file can replace it.
  bool const sticky = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
  return (info.st_mode & 0022U) != 0 && !sticky ? "others can write " + path : "";
}

std::string objection_above(std::filesystem::path const& path, std::vector<uid_t> const& owners) {
  for (auto at = path.parent_path();; at = at.parent_path()) {
    struct stat info {};
    if (stat(at.c_str(), &info) != 0) return at.string() + " cannot be looked at";
    if (std::string why = objection(info, at, owners); !why.empty()) return why;
    if (at == at.parent_path()) return {};
  }
}

}  // namespace

std::string why_not_trusted(int file, std::string const& path, std::vector<uid_t> const& owners) {
  struct stat info {};
  std::error_code failed;
  auto const real = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), failed);
  if (failed || fstat(file, &info) != 0) return path + " cannot be looked at";
  if (std::string why = objection(info, real, owners); !why.empty()) return why;
  if (std::string why = objection_above(std::filesystem::absolute(path), owners); !why.empty()) return why;
  return objection_above(real, owners);
}

}  // namespace cachetool::cli
