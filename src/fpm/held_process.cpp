#include "fpm/held_process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <memory>

namespace cachetool::fpm {
namespace {

looked_up<std::string> read_link(int directory, char const* name) {
  char target[PATH_MAX];
  ssize_t const size = readlinkat(directory, name, target, sizeof target);
  if (size < 0) return not_told{errno};
  return std::string(target, static_cast<std::size_t>(size));
}

int hold(pid_t pid) {
  return open(("/proc/" + std::to_string(pid)).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

}  // namespace

looked_up<file_identity> identity_of(int directory, char const* path) noexcept {
  struct stat info {};
  if (fstatat(directory, path, &info, 0) != 0) return not_told{errno};
  return base::identity_of(info);
}

held_process::held_process(pid_t pid) : pid_(pid), directory_(hold(pid)) {
  if (!directory_) opening_ = errno;
}

not_told held_process::why() const noexcept {
  return {directory_ ? errno : opening_};
}

looked_up<file_identity> held_process::look_at(char const* name) const noexcept {
  if (!directory_) return why();
  return identity_of(directory_.get(), name);
}

looked_up<bool> held_process::is_in_users_of_root() const noexcept {
  auto const theirs = users();
  auto const ours = identity_of(AT_FDCWD, "/proc/self/ns/user");
  if (theirs.is_absent() && ours.is_absent()) return true;  // the kernel has none
  if (!theirs || !ours) return theirs ? ours.why() : theirs.why();
  if (*theirs == *ours) return true;
  base::unique_fd const space(openat(directory_.get(), "ns/user", O_RDONLY | O_CLOEXEC));
  uid_t maker = 0;
  if (!space) return why();
  return ioctl(space.get(), NS_GET_OWNER_UID, &maker) == 0 && maker == 0;
}

looked_up<std::string> held_process::root_path() const {
  if (!directory_) return why();
  return read_link(directory_.get(), "root");
}

looked_up<std::string> held_process::title() const {
  auto const line = read("cmdline", 255);
  if (!line) return line.why();
  return line->substr(0, strnlen(line->data(), line->size()));
}

base::unique_fd held_process::open_root() const noexcept {
  return base::unique_fd(openat(directory_.get(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

looked_up<held_process::credentials> held_process::identity() const {
  auto const status = read("status", 4096);
  if (!status) return status.why();
  credentials found;
  char const* const parent = std::strstr(status->c_str(), "\nPPid:");
  char const* const user = std::strstr(status->c_str(), "\nUid:");
  char const* const group = std::strstr(status->c_str(), "\nGid:");
  bool const complete = parent != nullptr && user != nullptr && group != nullptr &&
                        std::sscanf(parent, "\nPPid: %d", &found.parent) == 1 &&
                        std::sscanf(user, "\nUid: %*u %u", &found.user) == 1 &&
                        std::sscanf(group, "\nGid: %*u %u", &found.group) == 1;
  if (!complete) return not_told{};
  return found;
}

// A descriptor that was closed meanwhile does not count. One that cannot be looked at may be the socket.
looked_up<bool> held_process::has_socket(ino_t inode) const {
  if (!directory_) return why();
  base::unique_fd descriptors(openat(directory_.get(), "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptors) return why();
  std::unique_ptr<DIR, int (*)(DIR*)> const list(fdopendir(descriptors.get()), closedir);
  if (!list) return why();
  static_cast<void>(descriptors.release());  // closedir() closes it
  std::string const wanted = "socket:[" + std::to_string(inode) + "]";
  errno = 0;
  while (dirent const* entry = readdir(list.get())) {
    auto const link = read_link(dirfd(list.get()), entry->d_name);
    if (link && *link == wanted) return true;
    // "." and ".." are no links, and that is known
    if (link.is_unknown() && link.why().code != EINVAL) return link.why();
    errno = 0;
  }
  if (errno != 0) return why();
  return false;
}

looked_up<std::string> held_process::read(char const* name, std::size_t most) const {
  if (!directory_) return why();
  base::unique_fd const file(openat(directory_.get(), name, O_RDONLY | O_CLOEXEC));
  if (!file) return why();
  std::array<char, 4096> text;
  ssize_t const size = ::read(file.get(), text.data(), std::min(most, text.size()));
  if (size < 0) return why();
  return std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace cachetool::fpm
