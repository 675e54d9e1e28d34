#include "fpm/proc.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>
#include <cstring>
#include <memory>

namespace cachetool::fpm {
namespace {

constexpr std::size_t most_names = 100000;

ssize_t read_some(int fd, char* into, std::size_t size) {
  ssize_t got = 0;
  do {
    got = ::read(fd, into, size);
  } while (got < 0 && errno == EINTR);
  return got;
}

}  // namespace

proc::proc(std::string root)
    : root_(std::move(root)), directory_(open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

std::vector<pid_t> proc::pids() const {
  std::vector<pid_t> found;
  for (std::string const& name : names(".")) {
    pid_t pid = 0;
    auto const [end, failed] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failed == std::errc{} && end == name.data() + name.size() && pid > 0) found.push_back(pid);
  }
  return found;
}

std::string proc::read(std::string const& name, std::size_t limit) const {
  fastcgi::unique_fd const file(openat(directory_.get(), name.c_str(), O_RDONLY | O_CLOEXEC));
  std::string content(limit, '\0');
  std::size_t size = 0;
  while (file && size < limit) {
    ssize_t const got = read_some(file.get(), content.data() + size, limit - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  content.resize(size);
  return content;
}

std::string proc::link(std::string const& name) const {
  std::array<char, PATH_MAX> target{};
  ssize_t const size = readlinkat(directory_.get(), name.c_str(), target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

std::optional<struct stat> proc::target(std::string const& name) const {
  struct stat info {};
  if (fstatat(directory_.get(), name.c_str(), &info, 0) != 0) return std::nullopt;
  return info;
}

std::vector<std::string> proc::names(std::string const& directory) const {
  std::vector<std::string> found;
  int const fd = openat(directory_.get(), directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, int (*)(DIR*)> const open_directory(fd < 0 ? nullptr : fdopendir(fd), closedir);
  if (!open_directory) {
    if (fd >= 0) close(fd);
    return found;
  }
  while (dirent const* entry = readdir(open_directory.get())) {
    if (entry->d_name[0] == '.') continue;
    if (found.size() == most_names) break;
    found.emplace_back(entry->d_name);
  }
  return found;
}

void proc::lines(std::string const& name, std::function<bool(std::string_view)> const& each) const {
  fastcgi::unique_fd const file(openat(directory_.get(), name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return;
  std::array<char, 16384> buffer;
  std::string line;
  while (true) {
    ssize_t const got = read_some(file.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    std::string_view rest(buffer.data(), static_cast<std::size_t>(got));
    while (!rest.empty()) {
      std::size_t const end = rest.find('\n');
      line += rest.substr(0, end);
      if (end == rest.npos && line.size() < 4096) break;
      if (!each(line)) return;
      line.clear();
      rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    }
  }
  if (!line.empty()) each(line);
}

}  // namespace cachetool::fpm
