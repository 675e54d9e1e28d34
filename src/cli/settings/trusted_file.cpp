#include "cli/settings/trusted_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace cachetool::cli {
namespace {

std::string wrong_owner(struct stat const& info, std::string const& path, std::vector<uid_t> const& owners) {
  bool const good = std::find(owners.begin(), owners.end(), info.st_uid) != owners.end();
  return good ? "" : path + " belongs to uid " + std::to_string(info.st_uid);
}

// Root believes no group. Other users believe the group of a directory, because its members cannot make a file of the
// right owner there, and they believe their own group's files.
bool group_is_others(struct stat const& info) {
  return geteuid() == 0 || (!S_ISDIR(info.st_mode) && info.st_gid != getegid());
}

bool others_can_write(struct stat const& info) {
  // What is written to a device (/dev/null) is not what is read from it.
  if (S_ISCHR(info.st_mode)) return false;
  // In a sticky directory only a file's owner can replace it.
  if (S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0) return false;
  return (info.st_mode & S_IWOTH) != 0 || ((info.st_mode & S_IWGRP) != 0 && group_is_others(info));
}

std::string objection(struct stat const& info, std::string const& path, std::vector<uid_t> const& owners) {
  if (std::string why = wrong_owner(info, path, owners); !why.empty()) return why;
  return others_can_write(info) ? "others can write " + path : "";
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
  return real.is_absolute() ? objection_above(real, owners) : "";  // a pipe has no directory
}

std::string why_name_not_trusted(std::string const& path, std::vector<uid_t> const& owners) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return {};
  if (std::string why = wrong_owner(info, path, owners); !why.empty()) return why;
  return objection_above(std::filesystem::absolute(path), owners);
}

std::string why_may_be_put_there(std::string const& path) {
  struct stat info {};
  std::string const directory = std::filesystem::absolute(path).parent_path();
  if (stat(directory.c_str(), &info) != 0) return directory + " cannot be looked at";
  info.st_mode &= ~static_cast<mode_t>(S_ISVTX);
  return others_can_write(info) ? "others can put files into " + directory : "";
}

}  // namespace cachetool::cli
