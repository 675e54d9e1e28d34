#include "fpm/processes.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

namespace cachetool::fpm {
namespace {

// The uid in /proc/PID/status. The owner of /proc/PID itself says root for workers, which are not dumpable.
bool read_uid(std::string const& process, uid_t& uid) {
  std::unique_ptr<FILE, int (*)(FILE*)> const file(std::fopen((process + "/status").c_str(), "re"), std::fclose);
  char line[256];
  while (file && std::fgets(line, sizeof line, file.get()) != nullptr) {
    if (std::sscanf(line, "Uid:\t%u", &uid) == 1) return true;
  }
  return false;
}

std::string read_title(std::string const& process) {
  std::unique_ptr<FILE, int (*)(FILE*)> const file(std::fopen((process + "/cmdline").c_str(), "re"), std::fclose);
  char title[256];
  std::size_t const size = file ? std::fread(title, 1, sizeof title, file.get()) : 0;
  return {title, strnlen(title, size)};  // the rest of what was the command line is NULs
}

std::vector<pid_t> children(pid_t parent) {
  std::string const list = "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children";
  std::unique_ptr<FILE, int (*)(FILE*)> const file(std::fopen(list.c_str(), "re"), std::fclose);
  std::vector<pid_t> pids;
  pid_t child = 0;
  while (file && std::fscanf(file.get(), "%d", &child) == 1) pids.push_back(child);
  return pids;
}

}  // namespace

std::vector<uid_t> child_users(pid_t master) {
  std::vector<uid_t> users;
  for (pid_t child : children(master)) {
    uid_t uid = 0;
    if (read_uid("/proc/" + std::to_string(child), uid) && std::find(users.begin(), users.end(), uid) == users.end()) {
      users.push_back(uid);
    }
  }
  return users;
}

std::vector<pid_t> pool_workers(pid_t master, std::string_view pool) {
  std::string const title = "php-fpm: pool " + std::string(pool);
  std::vector<pid_t> workers;
  for (pid_t child : children(master)) {
    if (read_title("/proc/" + std::to_string(child)) == title) workers.push_back(child);
  }
  return workers;
}

}  // namespace cachetool::fpm
