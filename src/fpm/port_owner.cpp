#include "fpm/port_owner.hpp"

#include <algorithm>
#include <set>

#include "fpm/processes.hpp"
#include "fpm/search_time.hpp"
#include "fpm/sockets.hpp"

namespace cachetool::fpm {
namespace {

bool is_on_loopback(listening_socket const& socket) {
  std::string const& host = socket.host;
  return host.starts_with("127.") || host == "0.0.0.0" || host == "::" || host == "::1" ||
         host.starts_with("::ffff:127.") || host == "::ffff:0.0.0.0";
}

bool has_one_of(proc const& processes, std::string const& pid, std::set<std::uint64_t> const& sockets) {
  auto const descriptors = processes.names(pid + "/fd").value_or({});
  return std::any_of(descriptors.begin(), descriptors.end(), [&](std::string const& name) {
    return sockets.contains(socket_inode(processes.link(pid + "/fd/" + name).value_or("")));
  });
}

// A socket that root made may have been passed on. Also false if that could not be looked at, or not in time.
bool are_held_by(proc const& processes, std::set<std::uint64_t> const& sockets, search_time const& time, uid_t caller) {
  auto const pids = processes.pids();
  if (!pids) return false;
  for (pid_t const pid : *pids) {
    if (!time.goes_on()) return false;
    if (!has_one_of(processes, std::to_string(pid), sockets)) continue;
    auto const user = user_of(processes, pid);
    if (user && *user != 0 && *user != caller) return false;
  }
  return true;
}

}  // namespace

port_owner owner_of_port(std::uint16_t port, search_options const& where) {
  search_time const time(where.patience, where.interrupt_fd);
  proc const processes(where.proc);
  std::set<std::uint64_t> sockets;
  for (listening_socket const& each : listening_sockets(processes, "net")) {
    if (!each.path.empty() || each.port != port || !is_on_loopback(each)) continue;
    if (each.owner != 0 && each.owner != where.caller) return port_owner::third_user;
    sockets.insert(each.inode);
  }
  if (sockets.empty()) return port_owner::nobody;
  return are_held_by(processes, sockets, time, where.caller) && !processes.failure() ? port_owner::trusted
                                                                                     : port_owner::third_user;
}

}  // namespace cachetool::fpm
