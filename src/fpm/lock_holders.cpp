#include "fpm/lock_holders.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace cachetool::fpm {
namespace {

// A file in opcache.lockfile_path, or memory if PHP was built with memfd_create().
bool is_lock_file(std::string const& path) {
  return path.find("/.ZendSem.") != std::string::npos || path.starts_with("/memfd:opcache_lock");
}

// The inode of OPcache's lock file. The file is deleted, so only the master's descriptors lead to it. Its device is of
// no use: on btrfs the kernel's list of locks shows another device than stat().
std::optional<unsigned long long> lock_file_of(proc const& processes, pid_t master) {
  std::string const directory = std::to_string(master) + "/fd";
  for (std::string const& name : processes.names(directory).value_or({})) {
    std::string const descriptor = directory + "/" + name;
    if (!is_lock_file(processes.link(descriptor).value_or(""))) continue;
    if (auto const found = processes.target(descriptor)) return found->st_ino;
  }
  return std::nullopt;
}

// The process in "1: POSIX  ADVISORY  READ 8123 08:01:262149 1 1", if that is how a request uses this cache; else 0.
pid_t holder_in(std::string const& line, unsigned long long wanted) {
  pid_t pid = 0;
  unsigned long long held = 0;
  unsigned long long first = 0;
  int const fields = std::sscanf(line.c_str(), "%*u: POSIX %*s READ %d %*x:%*x:%llu %llu", &pid, &held, &first);
  return fields == 3 && held == wanted && first == 1 ? pid : 0;
}

}  // namespace

std::optional<std::vector<worker>> lock_holders(proc const& processes, pid_t master) {
  auto const file = lock_file_of(processes, master);
  if (!file || geteuid() != 0) return std::nullopt;
  std::vector<pid_t> pids;
  auto const failed = processes.lines("locks", [&](std::string_view line) {
    if (pid_t const pid = holder_in(std::string(line), *file); pid != 0) pids.push_back(pid);
    return true;
  });
  auto const alive = workers(processes, master);
  if (failed || !alive) return std::nullopt;
  std::vector<worker> found = *alive;
  std::erase_if(
      found, [&pids](worker const& each) { return std::find(pids.begin(), pids.end(), each.self.pid) == pids.end(); });
  return found;
}

}  // namespace cachetool::fpm
