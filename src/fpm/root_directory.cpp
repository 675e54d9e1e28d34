#include "fpm/root_directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <string_view>

namespace cachetool::fpm {
namespace {

constexpr std::size_t most_found = 20000;

// An open descriptor as a path that leads to that very file.
std::string path_of(int fd) {
  return "/proc/self/fd/" + std::to_string(fd);
}

struct listing {
  std::vector<std::string> names;
  int failed = 0;  // errno, if the list is incomplete because of it
};

// The names in a directory. `left` counts down how many more may be looked at.
listing entries(base::unique_fd directory, std::size_t& left) {
  listing out;
  if (!directory) return out;
  errno = 0;
  std::unique_ptr<DIR, int (*)(DIR*)> const open_directory(opendir(path_of(directory.get()).c_str()), closedir);
  while (open_directory && left > 0) {
    errno = 0;
    dirent const* entry = readdir(open_directory.get());
    if (entry == nullptr) break;
    out.names.emplace_back(entry->d_name);
    --left;
  }
  out.failed = left > 0 ? errno : 0;
  std::sort(out.names.begin(), out.names.end());
  return out;
}

}  // namespace

root_directory::root_directory(std::string path, proc const* whole)
    : path_(std::move(path)), whole_(whole), directory_(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (!directory_) note(errno);
  while (path_.ends_with('/')) path_.pop_back();
}

void root_directory::note(int code) const {
  if (whole_ != nullptr) whole_->note(code);
}

base::unique_fd root_directory::open(std::string const& name, int flags) const {
  base::unique_fd found = try_to_open(name, flags);
  if (!found) note(errno);
  return found;
}

base::unique_fd root_directory::try_to_open(std::string const& name, int flags) const {
  if (path_.empty()) return base::unique_fd(::open(name.c_str(), flags | O_CLOEXEC));
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return base::unique_fd(static_cast<int>(syscall(SYS_openat2, directory_.get(), name.c_str(), &how, sizeof how)));
}

std::optional<std::string> root_directory::read(std::string const& name, std::size_t limit) const {
  base::unique_fd const found = open(name, O_PATH);
  struct stat info {};
  if (!found || fstat(found.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  if (info.st_size < 0 || static_cast<std::size_t>(info.st_size) > limit) return std::nullopt;
  // O_NONBLOCK: somebody with a lease on the file (F_SETLEASE) could make the open wait for up to a minute.
  base::unique_fd const file(::open(path_of(found.get()).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file) return note(errno), std::nullopt;
  std::string content(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    ssize_t const got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got < 0) return note(errno), std::nullopt;
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  content.resize(size);
  return content;
}

std::vector<std::string> root_directory::matches(std::string const& pattern, std::size_t limit) const {
  std::size_t names_left = most_found;
  return matches(pattern, limit, names_left);
}

std::vector<std::string> root_directory::matches(std::string const& pattern, std::size_t limit,
                                                 std::size_t& names_left) const {
  search so_far{limit, names_left, {}};
  if (pattern.starts_with('/')) match("", std::string_view(pattern).substr(1), so_far);
  return so_far.found;
}

void root_directory::match(std::string const& base, std::string_view rest, search& so_far) const {
  std::size_t const end = rest.find('/');
  std::string const part(rest.substr(0, end));
  bool const last = end == rest.npos;
  auto const go_on = [&](std::string const& name) {
    std::string path = base + "/" + name;
    if (!last) return match(path, rest.substr(end + 1), so_far);
    so_far.found.push_back(std::move(path));
  };
  if (part.find_first_of("*?[") == part.npos) {
    if (!last || look_at(base + "/" + part)) go_on(part);
    return;
  }
  listing const there = entries(open(base + "/", O_PATH | O_DIRECTORY), so_far.names_left);
  note(there.failed);
  for (std::string const& name : there.names) {
    if (so_far.found.size() >= so_far.limit) return;
    if (fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) go_on(name);
  }
}

std::optional<struct stat> root_directory::look_at(std::string const& name) const {
  struct stat info {};
  if (path_.empty() && ::stat(name.c_str(), &info) == 0) return info;
  if (path_.empty()) return note(errno), std::nullopt;
  base::unique_fd const found = open(name, O_PATH);
  if (!found || fstat(found.get(), &info) != 0) return std::nullopt;
  return info;
}

std::optional<std::string> root_directory::resolve(std::string const& name) const {
  base::unique_fd const found = open(name, O_PATH);
  if (!found) return std::nullopt;
  std::array<char, PATH_MAX> target{};
  ssize_t const size = readlink(path_of(found.get()).c_str(), target.data(), target.size());
  if (size <= 0) return std::nullopt;
  std::string real(target.data(), static_cast<std::size_t>(size));
  // For another mount namespace the kernel gives the path from that namespace's root.
  if (!path_.empty() && real.starts_with(path_ + "/")) real.erase(0, path_.size());
  struct stat there {};
  struct stat here {};
  if (fstat(found.get(), &there) != 0 || ::stat(outside(real).c_str(), &here) != 0) return std::nullopt;
  if (there.st_dev != here.st_dev || there.st_ino != here.st_ino) return std::nullopt;
  return real;
}

std::string root_directory::outside(std::string const& name) const {
  return path_ + name;
}

}  // namespace cachetool::fpm
