#include "fpm/processes.hpp"

#include <algorithm>
#include <cstdio>
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

}  // namespace

std::vector<uid_t> child_users(pid_t master) {
  std::string const process = "/proc/" + std::to_string(master);
  std::string const list = process + "/task/" + std::to_string(master) + "/children";
  std::unique_ptr<FILE, int (*)(FILE*)> const file(std::fopen(list.c_str(), "re"), std::fclose);
  std::vector<uid_t> users;
  int child = 0;
  while (file && std::fscanf(file.get(), "%d", &child) == 1) {
    uid_t uid = 0;
    if (read_uid("/proc/" + std::to_string(child), uid) && std::find(users.begin(), users.end(), uid) == users.end()) {
      users.push_back(uid);
    }
  }
  return users;
}

}  // namespace cachetool::fpm
