#include "placement/new_directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

namespace cachetool::placement {
namespace {

// Since Linux 3.15. The descriptor's mount stays the same, whatever is mounted or moved.
std::optional<int> mount_of(int fd) noexcept {
  std::string const name = "/proc/self/fdinfo/" + std::to_string(fd);
  base::unique_fd const file(open(name.c_str(), O_RDONLY | O_CLOEXEC));
  char text[1024] = {};
  int id = 0;
  if (!file || read(file.get(), text, sizeof text - 1) <= 0) return std::nullopt;
  char const* const at = std::strstr(text, "mnt_id:");
  return at != nullptr && std::sscanf(at, "mnt_id: %d", &id) == 1 ? std::optional(id) : std::nullopt;
}

bool is_on_one_mount(int one, int other) noexcept {
  struct stat first {};
  struct stat second {};
  if (fstat(one, &first) != 0 || fstat(other, &second) != 0 || first.st_dev != second.st_dev) return false;
  auto const its = mount_of(one);
  return its && its == mount_of(other);
}

struct wanted_directory {
  int parent;
  char const* name;
  mode_t mode;
  int failed;  // errno; 0 if it was made
};

int make_unmasked(void* wanted) {
  auto* const what = static_cast<wanted_directory*>(wanted);
  umask(0);
  what->failed = mkdirat(what->parent, what->name, what->mode) == 0 ? 0 : errno;
  return 0;
}

// All threads of a process share its umask. So another process makes the directory, which shares everything with this
// one except the umask, and this thread waits for it.
bool make_without_umask(int parent, char const* name, mode_t mode) {
  alignas(16) char stack[32768];
  wanted_directory wanted{parent, name, mode, EAGAIN};
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int const pid = clone(make_unmasked, stack + sizeof stack, CLONE_VM | CLONE_FILES | CLONE_VFORK, &wanted);
  int const cannot_start = pid < 0 ? errno : 0;
  while (pid > 0 && waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) {
    // again
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = cannot_start != 0 ? cannot_start : wanted.failed;
  return errno == 0;
}

// A default ACL may have taken something away as well; that stays so.
bool make(int parent, char const* name, mode_t mode) {
  if (mkdirat(parent, name, mode) != 0) return false;
  struct stat info {};
  if (fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && (info.st_mode & mode) == mode) return true;
  unlinkat(parent, name, AT_REMOVEDIR);
  return make_without_umask(parent, name, mode);
}

}  // namespace

base::unique_fd open_inside_by_comparing(int parent, char const* name, int flags) noexcept {
  base::unique_fd found(openat(parent, name, flags | O_NOFOLLOW | O_CLOEXEC));
  if (found && !is_on_one_mount(parent, found.get())) {
    found.reset();
    errno = EXDEV;
  }
  return found;
}

base::unique_fd open_inside(int parent, char const* name, int flags) noexcept {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_NOFOLLOW | O_CLOEXEC);
  how.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  base::unique_fd found(static_cast<int>(syscall(SYS_openat2, parent, name, &how, sizeof how)));
  if (!found && (errno == ENOSYS || errno == EPERM)) found = open_inside_by_comparing(parent, name, flags);
  return found;
}

base::unique_fd make_directory(int parent, std::string const& name, mode_t mode) {
  if (!make(parent, name.c_str(), mode)) return {};
  base::unique_fd made = open_inside(parent, name.c_str(), O_RDONLY | O_DIRECTORY);
  int failed = errno;
  if (made && !is_own_directory(made.get())) {
    made.reset();
    failed = ESTALE;
  }
  if (!made) unlinkat(parent, name.c_str(), AT_REMOVEDIR);
  errno = failed;
  return made;
}

bool is_own_directory(int fd) noexcept {
  struct stat info {};
  return fstat(fd, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid() && (info.st_mode & 0022U) == 0;
}

bool is_empty_directory(int fd) noexcept {
  int const copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, int (*)(DIR*)> const list(copy >= 0 ? fdopendir(copy) : nullptr, closedir);
  if (!list) return false;
  errno = 0;
  while (dirent const* entry = readdir(list.get())) {
    std::string_view const name = entry->d_name;
    if (name != "." && name != "..") return false;
  }
  return errno == 0;
}

}  // namespace cachetool::placement
