#include "placement/worker_root.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include <cachetool/error.hpp>

namespace cachetool::placement {
namespace {

// Follows no link, and never leads out of `root`.
base::unique_fd open_without_links(int root, std::string const& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return base::unique_fd(static_cast<int>(syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

std::deque<std::string> components(std::string_view path) {
  std::deque<std::string> names;
  while (!path.empty()) {
    std::size_t const end = std::min(path.find('/'), path.size());
    if (end != 0) names.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return names;
}

// Only root and the caller can have put a link into it.
bool is_ours_alone(int directory) {
  struct stat info {};
  return fstat(directory, &info) == 0 && (info.st_uid == 0 || info.st_uid == geteuid()) && (info.st_mode & 0022U) == 0;
}

// Walks one component at a time and holds each directory: "..", links and renames lead only to a directory that is
// held, or to one in it. For paths with links, and for kernels without openat2 (before 5.6, or under seccomp).
class walk {
 public:
  explicit walk(int root) : root_(root) {}

  base::unique_fd to(std::string const& path) {
    std::deque<std::string> names = components(path);
    while (!names.empty()) {
      std::string const name = std::move(names.front());
      names.pop_front();
      if (name == "..") {
        if (!held_.empty()) held_.pop_back();
      } else if (name != "." && !step(name, names)) {
        return {};
      }
    }
    return base::unique_fd(openat(here(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

 private:
  [[nodiscard]] int here() const { return held_.empty() ? root_ : held_.back().get(); }

  // False, with errno, if it cannot be entered.
  bool step(std::string const& name, std::deque<std::string>& rest) {
    base::unique_fd next(openat(here(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat info {};
    if (!next || fstat(next.get(), &info) != 0) return false;
    if (S_ISLNK(info.st_mode)) return follow(next.get(), name, rest);
    held_.push_back(std::move(next));
    return true;
  }

  bool follow(int link, std::string const& name, std::deque<std::string>& rest) {
    constexpr int most_links = 40;  // the kernel's limit
    if (!is_ours_alone(here())) {
      throw error(error_kind::placement, name +
                                             " is a link in a directory that others can write, who could lead it "
                                             "anywhere")
          .advise("name the directory by its real path");
    }
    char target[PATH_MAX];
    ssize_t const size = readlinkat(link, "", target, sizeof target);
    if (size <= 0) return false;
    if (++links_ > most_links) return errno = ELOOP, false;
    std::string_view const text(target, static_cast<std::size_t>(size));
    if (text.starts_with('/')) held_.clear();
    std::deque<std::string> names = components(text);
    rest.insert(rest.begin(), names.begin(), names.end());
    return true;
  }

  int root_;
  std::vector<base::unique_fd> held_;
  int links_ = 0;
};

}  // namespace

base::unique_fd worker_root::open_directory(std::string const& path) const {
  base::unique_fd const own(is_own() ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1);
  int const root = is_own() ? own.get() : directory_.get();
  base::unique_fd found = open_without_links(root, path, O_RDONLY | O_DIRECTORY);
  if (!found && (errno == ELOOP || errno == ENOSYS || errno == EPERM)) found = walk(root).to(path);
  return found;
}

bool worker_root::shows(std::string const& path, int file) const {
  if (is_own()) return true;
  base::unique_fd const seen = open_without_links(directory_.get(), path, O_PATH);
  struct stat theirs {};
  struct stat ours {};
  return seen && fstat(seen.get(), &theirs) == 0 && fstat(file, &ours) == 0 && theirs.st_dev == ours.st_dev &&
         theirs.st_ino == ours.st_ino;
}

}  // namespace cachetool::placement
