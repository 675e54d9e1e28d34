#include "caches/young_files.hpp"

#include <fcntl.h>

#include <array>
#include <ctime>

#include "fastcgi/unique_fd.hpp"

namespace cachetool::deploy {
namespace {

fastcgi::unique_fd open_file(std::string const& path) {
  return fastcgi::unique_fd(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

bool set_time(int file, timespec const& time) {
  timespec untouched{};
  untouched.tv_nsec = UTIME_OMIT;
  std::array<timespec, 2> const times{untouched, time};
  return futimens(file, times.data()) == 0;
}

bool is_same(struct stat const& a, struct stat const& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size;
}

}  // namespace

young_files::young_files(std::vector<std::string> const& paths, std::chrono::seconds ahead) {
  timespec young{};
  clock_gettime(CLOCK_REALTIME, &young);
  young.tv_sec += ahead.count();
  for (std::string const& path : paths) {
    fastcgi::unique_fd const file = open_file(path);
    struct stat info {};
    if (!file || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    if (set_time(file.get(), young)) before_.emplace_back(path, info);
  }
}

// One that was replaced meanwhile keeps the time that it has.
young_files::~young_files() {
  for (auto const& [path, before] : before_) {
    fastcgi::unique_fd const file = open_file(path);
    struct stat info {};
    if (file && fstat(file.get(), &info) == 0 && is_same(info, before)) set_time(file.get(), before.st_mtim);
  }
}

}  // namespace cachetool::deploy
