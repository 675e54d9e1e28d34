#include "fpm/whereabouts.hpp"

#include <algorithm>
#include <string_view>

#include "fpm/mounts.hpp"

namespace cachetool::fpm {
namespace {

// How many nested pid namespaces know a process; 0 if unknown.
std::ptrdiff_t depth(proc const& processes, std::string const& pid) {
  std::ptrdiff_t count = 0;
  processes.lines(pid + "/status", [&count](std::string_view line) {
    if (!line.starts_with("NSpid:")) return true;
    count = std::count(line.begin(), line.end(), '\t');
    return false;
  });
  return count;
}

// A mount's id is unique on the machine, and every namespace has mounts of its own.
std::string first_mount(proc const& processes, std::string const& pid) {
  std::string const text = processes.read(pid + "/mountinfo", 256).value_or("");
  return text.substr(0, text.find('\n'));
}

// What is mounted as the root directory: "8:1 /". Empty if hidden, and in a chroot that is not a mount.
std::string root_mount(proc const& processes, std::string const& pid) {
  std::string found;
  mounts_of(processes, pid, [&found](mount_line const& mount) {
    if (mount.point == "/") found = mount.what;
  });
  return found;
}

bool has_other_files(proc const& processes, std::string const& pid) {
  auto const theirs = processes.target(pid + "/root");
  auto const ours = processes.target("self/root");
  if (theirs && ours) return theirs->st_dev != ours->st_dev || theirs->st_ino != ours->st_ino;
  std::string const mounted = root_mount(processes, pid);
  std::string const own = root_mount(processes, "self");
  return !mounted.empty() && !own.empty() && mounted != own;
}

bool has_other_network(proc const& processes, std::string const& pid) {
  auto const their_name = processes.link(pid + "/ns/net");
  auto const our_name = processes.link("self/ns/net");
  if (their_name && our_name) return *their_name != *our_name;
  auto const theirs = processes.target(pid + "/net/unix");
  auto const ours = processes.target("self/net/unix");
  return theirs && ours && theirs->st_ino != ours->st_ino;
}

// True if the kernel has no pid namespaces, or does not show them to anybody.
bool tells_no_pids(proc const& processes) {
  return processes.link("self/ns/pid").is_absent() && processes.target("self").has_value() &&
         depth(processes, "self") == 0;
}

}  // namespace

std::optional<bool> has_other_pids(proc const& processes, std::string const& pid) {
  auto const theirs = processes.link(pid + "/ns/pid");
  auto const ours = processes.link("self/ns/pid");
  if (theirs && ours) return *theirs != *ours;
  auto const deep = depth(processes, pid);
  auto const own = depth(processes, "self");
  return deep == 0 || own == 0 ? std::nullopt : std::optional(deep != own);
}

whereabouts whereabouts_of(proc const& processes, std::string const& pid) {
  whereabouts found;
  found.other_pids = has_other_pids(processes, pid);
  if (!found.other_pids && tells_no_pids(processes)) found.other_pids = false;
  found.other_mounts = first_mount(processes, pid) != first_mount(processes, "self");
  found.other_files = found.other_mounts && has_other_files(processes, pid);
  found.other_network = has_other_network(processes, pid);
  return found;
}

}  // namespace cachetool::fpm
