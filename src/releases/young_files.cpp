#include "releases/young_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/file_info.hpp"
#include "base/path.hpp"
#include "base/unique_fd.hpp"
#include "releases/open_file.hpp"

namespace cachetool::releases {
namespace {

// The path comes from the pool.
bool is_below(std::string const& path, std::vector<std::string> const& directories) {
  if ((path + "/").find("/../") != std::string::npos) return false;
  return std::any_of(directories.begin(), directories.end(),
                     [&path](std::string const& each) { return path.starts_with(each + "/"); });
}

// A file with several names may belong to somebody who may not write to this directory, but gave it a name here.
bool is_of_its_directory(struct stat const& file, std::string const& path) {
  struct stat around {};
  if (file.st_nlink == 1) return true;
  return stat(base::parent_of(path).c_str(), &around) == 0 && file.st_uid == around.st_uid;
}

bool set_time(int file, timespec const& time) {
  timespec untouched{};
  untouched.tv_nsec = UTIME_OMIT;
  std::array<timespec, 2> const times{untouched, time};
  return futimens(file, times.data()) == 0;
}

bool is_same_file(struct stat const& a, struct stat const& b) {
  return base::identity_of(a) == base::identity_of(b) && a.st_size == b.st_size;
}

}  // namespace

young_files::young_files(std::vector<std::string> const& paths, std::vector<std::string> const& directories,
                         std::chrono::seconds ahead) {
  timespec young{};
  clock_gettime(CLOCK_REALTIME, &young);
  young.tv_sec += ahead.count();
  for (std::string const& path : paths) {
    if (!is_below(path, directories)) continue;
    base::unique_fd const file = open_file(path);
    struct stat info {};
    if (!file || fstat(file.get(), &info) != 0 || !is_of_its_directory(info, path)) continue;
    if (set_time(file.get(), young)) before_.emplace_back(path, info);
  }
}

bool have_one_owner(std::string const& one, std::string const& other) {
  struct stat first {};
  struct stat second {};
  return lstat(one.c_str(), &first) == 0 && lstat(other.c_str(), &second) == 0 && S_ISDIR(first.st_mode) &&
         S_ISDIR(second.st_mode) && first.st_uid == second.st_uid;
}

// A file that was replaced meanwhile keeps the time that it has.
young_files::~young_files() {
  for (auto const& [path, before] : before_) {
    base::unique_fd const file = open_file(path);
    struct stat info {};
    if (file && fstat(file.get(), &info) == 0 && is_same_file(info, before)) set_time(file.get(), before.st_mtim);
  }
}

}  // namespace cachetool::releases
