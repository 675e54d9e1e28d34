#include "fpm/mounts.hpp"

#include <cstdio>
#include <utility>

#include "base/path.hpp"

namespace cachetool::fpm {
namespace {

constexpr int most_mounts = 100000;
constexpr std::size_t longest_part = 4096;  // of a line, see proc::lines()

// What is mounted where this path leads.
std::string mounted_at(proc const& processes, std::string const& pid, std::string_view path) {
  std::string found;
  std::size_t longest = 0;
  mounts_of(processes, pid, [&](mount_line const& mount) {
    std::string const& point = mount.point;
    if (!base::lies_in(path, point) || point.size() < longest) return;
    longest = point.size();  // of two mounts on one point, the later one hides the other
    found = mount.what;
  });
  return found;
}

}  // namespace

std::optional<not_told> mounts_of(proc const& processes, std::string const& pid,
                                  std::function<void(mount_line const&)> const& each) {
  int left = most_mounts;
  bool goes_on = false;  // the last line was only a part, so this is the rest of it, and may be made up by anybody
  return processes.lines(pid + "/mountinfo", [&](std::string_view line) {
    char device[64];
    char part[2048];
    char point[2048];
    bool const is_whole = !std::exchange(goes_on, line.size() >= longest_part);
    if (is_whole && std::sscanf(std::string(line).c_str(), "%*d %*d %63s %2047s %2047s", device, part, point) == 3) {
      each({std::string(device) + " " + part, point});
    }
    return --left > 0;
  });
}

std::optional<bool> shares(proc const& processes, std::string const& pid, std::string_view path) {
  std::string const theirs = mounted_at(processes, pid, path);
  std::string const ours = mounted_at(processes, "self", path);
  if (theirs.empty() || ours.empty()) return std::nullopt;
  return theirs == ours;
}

bool may_share(pid_t process, std::string_view path) {
  return shares(proc(), std::to_string(process), path).value_or(true);
}

}  // namespace cachetool::fpm
