#include "fpm/mounts.hpp"

#include <cstdio>
#include <memory>
#include <string>

namespace cachetool::fpm {
namespace {

// What is mounted where PATH leads: "major:minor" and which part of that file system.
std::string mounted_at(std::string const& table, std::string_view path) {
  std::unique_ptr<FILE, int (*)(FILE*)> const file(std::fopen(table.c_str(), "re"), std::fclose);
  char line[8192];
  std::string found;
  std::size_t longest = 0;
  while (file && std::fgets(line, sizeof line, file.get()) != nullptr) {
    char device[64];
    char part[2048];
    char point[2048];
    if (std::sscanf(line, "%*d %*d %63s %2047s %2047s", device, part, point) != 3) continue;
    std::string_view const mount(point);
    bool const covers = mount == "/" || path == mount || path.starts_with(std::string(mount) + "/");
    if (!covers || mount.size() < longest) continue;
    longest = mount.size();  // of two on one point the later one hides the other
    found = std::string(device) + " " + part;
  }
  return found;
}

}  // namespace

bool may_share(pid_t process, std::string_view path) {
  std::string const theirs = mounted_at("/proc/" + std::to_string(process) + "/mountinfo", path);
  return theirs.empty() || theirs == mounted_at("/proc/self/mountinfo", path);
}

}  // namespace cachetool::fpm
