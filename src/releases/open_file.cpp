#include "releases/open_file.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace cachetool::releases {
namespace {

// Refuses links, so that nothing else is opened, and no device. Kernels without openat2(2) (before Linux 5.6, or under
// seccomp) check only the last component.
base::unique_fd hold_file(std::string const& path) {
  open_how how{};
  how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  base::unique_fd held(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  bool const has_none = !held && (errno == ENOSYS || errno == EPERM);
  return has_none ? base::unique_fd(open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)) : std::move(held);
}

}  // namespace

// O_NONBLOCK: somebody with a lease on the file (F_SETLEASE) could make the open wait for up to a minute.
base::unique_fd open_file(std::string const& path) {
  base::unique_fd const held = hold_file(path);
  struct stat info {};
  if (!held || fstat(held.get(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  return base::unique_fd(
      open(("/proc/self/fd/" + std::to_string(held.get())).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

}  // namespace cachetool::releases
