#include "monitor/state_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include <cachetool/error.hpp>

#include "base/random_hex.hpp"
#include "base/replace_file.hpp"
#include "base/text.hpp"

namespace cachetool::monitor {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;

bool is_ones_own(struct stat const& info) {
  return info.st_uid == geteuid() && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

error unusable(std::string const& path, std::string const& why) {
  return {error_kind::refused, "the directory " + path + " cannot be used: " + why};
}

base::unique_fd open_own(std::string const& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) throw unusable(path, base::errno_text(errno));
  base::unique_fd directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) throw unusable(path, base::errno_text(errno));
  struct stat info {};
  if (fstat(directory.get(), &info) != 0 || !is_ones_own(info)) {
    throw unusable(path, "it belongs to somebody else, or others may write there");
  }
  return directory;
}

// A check takes milliseconds here. One that was stopped must not stop all others.
bool lock(int directory) {
  constexpr std::chrono::milliseconds pause{20};
  for (int tries = 0; tries < 100; ++tries) {
    if (flock(directory, LOCK_EX | LOCK_NB) == 0) return true;
    std::this_thread::sleep_for(pause);
  }
  return false;
}

}  // namespace

state_directory::state_directory(std::string const& path) : path_(path), directory_(open_own(path)) {
  if (!lock(directory_.get())) throw unusable(path, "another check holds it");
}

std::string state_directory::read(std::string const& name) const {
  base::unique_fd const file(openat(directory_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  bool const is_good = file && fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode) && is_ones_own(info) &&
                       info.st_size <= static_cast<off_t>(most_bytes);
  if (!is_good) return {};
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  ssize_t const count = pread(file.get(), text.data(), text.size(), 0);
  return count == info.st_size ? text : "";
}

void state_directory::write(std::string const& name, std::string const& text) const {
  int const failed = base::replace_file(directory_.get(), name, "." + name + "." + base::random_hex(), text, 0600);
  if (failed != 0) throw unusable(path_, base::errno_text(failed));
}

}  // namespace cachetool::monitor
