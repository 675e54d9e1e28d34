#include "fpm/proc.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <memory>
#include <utility>

namespace cachetool::fpm {
namespace {

constexpr std::size_t most_entries = 100000;

ssize_t read_some(int fd, char* into, std::size_t size) {
  ssize_t got = 0;
  do {
    got = ::read(fd, into, size);
  } while (got < 0 && errno == EINTR);
  return got;
}

// A signal that arrives meanwhile must not make anything look absent.
int open_at(int directory, char const* name, int flags) {
  int fd = -1;
  do {
    fd = openat(directory, name, flags | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

}  // namespace

proc::proc(std::string root) : root_(std::move(root)) {}

proc::proc(std::string root, proc const& whole)
    : root_(std::move(root)),
      failed_(whole.failed_),
      is_held_(true),
      directory_(open_at(AT_FDCWD, root_.c_str(), O_RDONLY | O_DIRECTORY)) {
  opening_ = errno;
  if (!directory_) static_cast<void>(why());
}

proc proc::of(pid_t pid) const {
  return {root_ + "/" + std::to_string(pid), *this};
}

int proc::open(std::string const& name, int flags) const {
  return is_gone() ? -1 : open_at(directory(), path_of(name).c_str(), flags);
}

not_told proc::why() const noexcept {
  not_told const told{is_gone() ? opening_ : errno};
  note(told.code);
  return told;
}

void proc::note(int code) const noexcept {
  not_told const told{code};
  if (told.is_failure()) *failed_ = told;
}

looked_up<std::vector<pid_t>> proc::pids() const {
  auto const all = names(".");
  if (!all) return all.why();
  std::vector<pid_t> found;
  for (std::string const& name : *all) {
    pid_t pid = 0;
    auto const [end, failed] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failed == std::errc{} && end == name.data() + name.size() && pid > 0) found.push_back(pid);
  }
  return found;
}

looked_up<std::string> proc::read(std::string const& name, std::size_t limit) const {
  base::unique_fd const file(open(name, O_RDONLY));
  if (!file) return why();
  std::array<char, 4096> buffer;
  std::string content;
  while (content.size() < limit) {
    ssize_t const got = read_some(file.get(), buffer.data(), std::min(buffer.size(), limit - content.size()));
    if (got < 0) return why();
    if (got == 0) break;
    content.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return content;
}

looked_up<std::string> proc::link(std::string const& name) const {
  std::array<char, PATH_MAX> target;
  ssize_t const size = is_gone() ? -1 : readlinkat(directory(), path_of(name).c_str(), target.data(), target.size());
  if (size < 0) return why();
  return std::string(target.data(), static_cast<std::size_t>(size));
}

looked_up<struct stat> proc::target(std::string const& name) const {
  struct stat info {};
  if (is_gone() || fstatat(directory(), path_of(name).c_str(), &info, 0) != 0) return why();
  return info;
}

looked_up<std::vector<std::string>> proc::names(std::string const& directory) const {
  base::unique_fd listed(open(directory, O_RDONLY | O_DIRECTORY));
  if (!listed) return why();
  std::unique_ptr<DIR, int (*)(DIR*)> const entries(fdopendir(listed.get()), closedir);
  if (!entries) return why();
  static_cast<void>(listed.release());  // closedir() closes it
  std::vector<std::string> found;
  errno = 0;
  while (dirent const* entry = readdir(entries.get())) {
    if (entry->d_name[0] == '.') continue;
    if (found.size() == most_entries) return found;
    found.emplace_back(entry->d_name);
    errno = 0;
  }
  if (errno != 0) return why();
  return found;
}

std::optional<not_told> proc::lines(std::string const& name, std::function<bool(std::string_view)> const& each) const {
  base::unique_fd const file(open(name, O_RDONLY));
  if (!file) return why();
  std::array<char, 16384> buffer;
  std::string line;
  while (true) {
    ssize_t const got = read_some(file.get(), buffer.data(), buffer.size());
    if (got < 0) return why();
    if (got == 0) break;
    std::string_view rest(buffer.data(), static_cast<std::size_t>(got));
    while (!rest.empty()) {
      std::size_t const end = rest.find('\n');
      line += rest.substr(0, end);
      if (end == rest.npos && line.size() < 4096) break;
      if (!each(line)) return std::nullopt;
      line.clear();
      rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    }
  }
  if (!line.empty()) each(line);
  return std::nullopt;
}

}  // namespace cachetool::fpm
