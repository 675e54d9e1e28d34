#include "fpm/held_process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdio>
#include <cstring>
#include <memory>

namespace cachetool::fpm {
namespace {

std::string read_link(int directory, char const* name) {
  char target[PATH_MAX];
  ssize_t const size = readlinkat(directory, name, target, sizeof target);
  return size > 0 ? std::string(target, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

std::optional<file_identity> identity_of(int directory, char const* path) noexcept {
  struct stat info {};
  if (fstatat(directory, path, &info, 0) != 0) return std::nullopt;
  return file_identity{info.st_dev, info.st_ino};
}

held_process::held_process(pid_t pid)
    : pid_(pid), directory_(open(("/proc/" + std::to_string(pid)).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

bool held_process::is_in_users_of_root() const noexcept {
  if (users() == identity_of(AT_FDCWD, "/proc/self/ns/user")) return true;  // nothing for both: the kernel has none
  fastcgi::unique_fd const space(openat(directory_.get(), "ns/user", O_RDONLY | O_CLOEXEC));
  uid_t maker = 0;
  return space && ioctl(space.get(), NS_GET_OWNER_UID, &maker) == 0 && maker == 0;
}

std::string held_process::root_path() const {
  return read_link(directory_.get(), "root");
}

std::string held_process::title() const {
  std::string const line = read("cmdline", 255);
  return line.substr(0, strnlen(line.data(), line.size()));
}

fastcgi::unique_fd held_process::open_root() const noexcept {
  return fastcgi::unique_fd(openat(directory_.get(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::optional<held_process::credentials> held_process::identity() const {
  std::string const status = read("status", 4096);
  credentials found;
  char const* const parent = std::strstr(status.c_str(), "\nPPid:");
  char const* const user = std::strstr(status.c_str(), "\nUid:");
  char const* const group = std::strstr(status.c_str(), "\nGid:");
  bool const complete = parent != nullptr && user != nullptr && group != nullptr &&
                        std::sscanf(parent, "\nPPid: %d", &found.parent) == 1 &&
                        std::sscanf(user, "\nUid: %*u %u", &found.user) == 1 &&
                        std::sscanf(group, "\nGid: %*u %u", &found.group) == 1;
  return complete ? std::optional(found) : std::nullopt;
}

bool held_process::has_socket(ino_t inode) const {
  int const descriptors = openat(directory_.get(), "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, int (*)(DIR*)> const list(descriptors >= 0 ? fdopendir(descriptors) : nullptr, closedir);
  std::string const wanted = "socket:[" + std::to_string(inode) + "]";
  while (dirent const* entry = list ? readdir(list.get()) : nullptr) {
    if (read_link(dirfd(list.get()), entry->d_name) == wanted) return true;
  }
  return false;
}

std::string held_process::read(char const* name, std::size_t most) const {
  fastcgi::unique_fd const file(openat(directory_.get(), name, O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> text;
  ssize_t const size = file ? ::read(file.get(), text.data(), std::min(most, text.size())) : 0;
  return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace cachetool::fpm
