#include "fpm/activity.hpp"

#include <sys/syscall.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "fpm/sockets.hpp"

namespace cachetool::fpm {
namespace {

// The system call in which a process sleeps, and its first argument.
struct system_call {
  long number = 0;
  unsigned long first = 0;
};

enum class look : std::uint8_t { hidden, awake, asleep };

look look_at_call(proc const& processes, std::string const& pid, system_call& found) {
  auto const text = processes.read(pid + "/syscall", 256);
  if (!text || text->empty()) return look::hidden;
  // "running", or "-1" and two addresses if the process waits outside of a system call.
  if (std::sscanf(text->c_str(), "%ld %lx", &found.number, &found.first) != 2) {
    return look::awake;
  }
  return found.number >= 0 ? look::asleep : look::awake;
}

bool accepts(long number) {
#ifdef SYS_accept
  if (number == SYS_accept) return true;
#endif
  return number == SYS_accept4;
}

bool reads(long number) {
  return number == SYS_read || number == SYS_recvfrom;
}

// A worker that sleeps while it reads from a socket.
struct reader {
  std::size_t index = 0;     // among the workers
  std::uint64_t socket = 0;  // its inode
};

std::uint64_t socket_of(proc const& processes, std::string const& pid, std::string const& descriptor) {
  return socket_inode(processes.link(pid + "/fd/" + descriptor).value_or(""));
}

// The names of the sockets that a worker listens on, which are its pool's, on whichever descriptor.
std::set<std::string> names_listened_on(proc const& processes, std::string const& pid,
                                        std::map<std::uint64_t, std::string> const& listening) {
  std::set<std::string> names;
  for (std::string const& descriptor : processes.names(pid + "/fd").value_or({})) {
    auto const found = listening.find(socket_of(processes, pid, descriptor));
    if (found != listening.end()) names.insert(found->second);
  }
  return names;
}

// Marks workers that read from a connection to their own socket, and not from one that a script has opened.
void find_held(proc const& processes, std::vector<reader> const& readers, std::vector<worker_activity>& all) {
  if (readers.empty()) return;
  std::string const net = std::to_string(all[readers.front().index].pid) + "/net";
  std::vector<std::uint64_t> wanted;
  for (reader const& one : readers) wanted.push_back(one.socket);
  std::vector<std::uint64_t> listening;
  for (listening_socket const& one : listening_sockets(processes, net)) listening.push_back(one.inode);
  auto const connections = socket_names(processes, net, wanted);
  auto const listeners = socket_names(processes, net, listening);
  for (reader const& one : readers) {
    auto const connection = connections.find(one.socket);
    if (connection == connections.end()) continue;
    worker_activity& worker = all[one.index];
    auto const names = names_listened_on(processes, std::to_string(worker.pid), listeners);
    if (names.contains(connection->second)) worker.what = doing::held;
  }
}

}  // namespace

std::vector<worker_activity> activities(std::vector<pid_t> const& workers, proc const& processes) {
  std::vector<worker_activity> all;
  std::vector<reader> readers;
  for (pid_t const worker : workers) {
    std::string const pid = std::to_string(worker);
    worker_activity& one = all.emplace_back();
    one.pid = worker;
    system_call call;
    look const seen = look_at_call(processes, pid, call);
    if (seen == look::hidden) continue;
    one.what = doing::running;
    if (seen == look::awake) continue;
    if (accepts(call.number)) one.what = doing::idle;
    if (reads(call.number)) readers.push_back({all.size() - 1, socket_of(processes, pid, std::to_string(call.first))});
  }
  find_held(processes, readers, all);
  return all;
}

std::size_t pool_load::count(doing what) const {
  return static_cast<std::size_t>(
      std::count_if(workers.begin(), workers.end(), [what](worker_activity const& one) { return one.what == what; }));
}

std::optional<std::size_t> pool_load::busy() const {
  if (!workers.empty() && count(doing::unknown) == 0) return workers.size() - count(doing::idle);
  if (connections) return connections->accepted;
  return std::nullopt;
}

bool pool_load::all_busy() const {
  auto const some = busy();
  return some && !workers.empty() && *some >= workers.size();
}

pool_load load_of(pool const& of, proc const& processes) {
  pool_load out;
  out.pool = of.name;
  std::vector<pid_t> pids;
  for (process const& worker : of.workers) pids.push_back(worker.pid);
  out.workers = activities(pids, processes);
  if (of.endpoint) out.connections = count_connections(*of.endpoint, processes);
  return out;
}

}  // namespace cachetool::fpm
