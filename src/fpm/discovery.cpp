#include "fpm/discovery.hpp"

#include <algorithm>
#include <set>

#include <cachetool/fastcgi/error.hpp>

#include "fpm/config.hpp"
#include "fpm/configured.hpp"
#include "fpm/processes.hpp"
#include "fpm/reach.hpp"
#include "fpm/root_directory.hpp"
#include "fpm/sockets.hpp"
#include "fpm/strays.hpp"
#include "fpm/version.hpp"

namespace cachetool::fpm {
namespace {

bool is_same(std::optional<struct stat> const& one, std::optional<struct stat> const& other) {
  return one && other && one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

// One master, and what of the machine it can see.
class inspection {
 public:
  inspection(surroundings const& where, proc const& processes, std::vector<listening_socket> const& ours,
             master_process const& found)
      : where_(where), processes_(processes), of_(std::to_string(found.self.pid)), found_(found), ours_(ours) {}

  master run() {
    result_.self = found_.self;
    result_.executable = found_.executable;
    result_.elsewhere = is_elsewhere();
    choose_files();
    choose_sockets();
    read_configuration();
    add_workers();
    for (std::size_t i = 0; i < result_.pools.size(); ++i) find_endpoint(result_.pools[i]);
    add_nameless();
    result_.version = version();
    return std::move(result_);
  }

 private:
  // Another root directory or mount namespace. A mount has an id that no other one of the machine has, and the root
  // directory's is in the first line.
  bool is_elsewhere() const {
    auto const mounts = [&](std::string const& pid) {
      std::string const text = processes_.read(pid + "/mountinfo", 256);
      return text.substr(0, text.find('\n'));
    };
    return mounts(of_) != mounts("self");
  }

  void choose_files() {
    bool const may_enter = result_.elsewhere && processes_.target(of_ + "/root").has_value();
    files_ = root_directory(may_enter ? processes_.root() + "/" + of_ + "/root" : where_.root);
    inside_ = may_enter;
  }

  void choose_sockets() {
    held_ = sockets_held_by(of_);
    std::string const network = processes_.link(of_ + "/ns/net");
    network_hidden_ = network.empty();
    other_network_ = !network_hidden_ && network != processes_.link("self/ns/net");
    if (other_network_) theirs_ = listening_sockets(processes_, of_ + "/net");
  }

  // Empty where the caller may not look.
  std::set<std::uint64_t> sockets_held_by(std::string const& pid) const {
    std::set<std::uint64_t> inodes;
    for (std::string const& fd : processes_.names(pid + "/fd")) {
      if (auto const inode = socket_inode(processes_.link(pid + "/fd/" + fd)); inode != 0) inodes.insert(inode);
    }
    return inodes;
  }

  std::vector<listening_socket> const& sockets() const { return other_network_ ? theirs_ : ours_; }

  void read_configuration() {
    result_.config = found_.config;
    if (!result_.config.empty() && !result_.config.starts_with('/')) {
      std::string const directory = processes_.link(of_ + "/cwd");
      if (!directory.empty()) result_.config = directory + "/" + result_.config;
    }
    prefix_ = installation_prefix(result_.config, result_.executable);
    if (result_.config.starts_with('/')) fpm::read_configuration(files_, prefix_, result_);
  }

  // A pool that the configuration does not name was there when php-fpm was started.
  void add_workers() {
    for (auto const& [name, workers] : found_.workers) {
      auto const same = [&name = name](pool const& known) { return known.name == name; };
      auto known = std::find_if(result_.pools.begin(), result_.pools.end(), same);
      if (known == result_.pools.end()) {
        known = result_.pools.emplace(known);
        known->name = name;
      }
      known->workers = workers;
    }
  }

  void find_endpoint(pool& of) {
    auto const configured = configured_endpoint(of, prefix_);
    listening_socket const* const heard = socket_of(of, configured);
    if (heard != nullptr) explained_.insert(heard->inode);
    bool const as_configured = heard == nullptr || (configured && is_at(*heard, *configured, files_));
    settle(of, as_configured ? configured : endpoint_of(*heard), heard != nullptr);
  }

  void settle(pool& of, std::optional<fastcgi::endpoint> const& at, bool heard) const {
    if (!at) return;
    if (at->kind() == fastcgi::endpoint::family::unix_path) return settle_path(of, at->path(), heard);
    // Who may not see in which network namespace another container's php-fpm is takes it to be in its own.
    if (other_network_ || (result_.elsewhere && network_hidden_ && !heard)) {
      of.inside = at;
      of.inside_of = found_.self.pid;
      return;
    }
    of.endpoint = at;
    of.reach = reach_port(heard, at->is_tcp() ? value_of(of, "listen.allowed_clients") : "", at->host());
  }

  // The caller reaches a socket of the master's by the same path, if that leads to the same file.
  void settle_path(pool& of, std::string const& path, bool heard) const {
    root_directory const here(where_.root);
    bool const same_path = !inside_ || is_same(files_.look_at(path), here.look_at(path));
    std::string const outside = files_.outside(inside_ ? files_.resolve(path).value_or(path) : path);
    try {
      of.endpoint = fastcgi::endpoint::unix_socket(same_path ? path : outside);
    } catch (error const&) {
      return;  // longer than a socket's address may be
    }
    of.reach = reach_socket(outside, heard);
  }

  // A worker holds the socket of its own pool and of no other.
  listening_socket const* socket_of(pool const& of, std::optional<fastcgi::endpoint> const& configured) const {
    for (process const& worker : of.workers) {
      for (std::uint64_t const inode : sockets_held_by(std::to_string(worker.pid))) {
        if (!held_.contains(inode)) continue;
        if (auto const* const socket = with_inode(inode, configured)) return socket;
      }
    }
    for (listening_socket const& socket : sockets()) {
      if (configured && may_be_ours(socket) && is_at(socket, *configured, files_)) return &socket;
    }
    return nullptr;
  }

  // The kernel prints names of sockets as they are, line breaks and all, so anybody can make up a line for another's
  // inode. Of several only the configured one is believed.
  listening_socket const* with_inode(std::uint64_t inode, std::optional<fastcgi::endpoint> const& configured) const {
    listening_socket const* only = nullptr;
    bool is_doubtful = false;
    for (listening_socket const& socket : sockets()) {
      if (socket.inode != inode) continue;
      if (configured && is_at(socket, *configured, files_)) return &socket;
      is_doubtful = only != nullptr;
      if (is_doubtful && !configured) break;
      only = &socket;
    }
    return is_doubtful ? nullptr : only;
  }

  bool may_be_ours(listening_socket const& socket) const {
    if (!held_.empty()) return held_.contains(socket.inode);
    return !socket.path.empty() || socket.owner == found_.self.uid;
  }

  // Sockets of the master that no pool explains: the configuration cannot be read, and no worker has been started.
  void add_nameless() {
    for (listening_socket const& socket : sockets()) {
      if (!held_.contains(socket.inode) || explained_.contains(socket.inode) || is_status_page(socket)) continue;
      if (with_inode(socket.inode, std::nullopt) == nullptr) continue;
      pool nameless;
      settle(nameless, endpoint_of(socket), true);
      if (nameless.endpoint || nameless.inside) result_.pools.push_back(std::move(nameless));
    }
  }

  // A socket that answers with the status page and runs nothing, since PHP 8.0.
  bool is_status_page(listening_socket const& socket) const {
    return std::any_of(result_.pools.begin(), result_.pools.end(), [&](pool const& of) {
      auto const at = listen_endpoint(value_of(of, "pm.status_listen"), value_of(of, "prefix", prefix_));
      return at && is_at(socket, *at, files_);
    });
  }

  std::string version() const {
    std::string exact;
    if (where_.exact_version && !found_.executable.empty()) {
      exact = version_of_executable(processes_.root() + "/" + of_ + "/exe");
    }
    if (!exact.empty()) return exact;
    std::string const named = version_in(found_.executable);
    return named.empty() ? version_in(result_.config) : named;
  }

  surroundings const& where_;
  proc const& processes_;
  std::string of_;
  master_process const& found_;
  std::vector<listening_socket> const& ours_;
  std::vector<listening_socket> theirs_;
  bool other_network_ = false;
  bool network_hidden_ = false;
  std::set<std::uint64_t> held_;       // sockets that the master has open; empty where that is hidden
  std::set<std::uint64_t> explained_;  // of these, those whose pools are known
  root_directory files_;
  bool inside_ = false;  // files_ is the master's own root
  std::string prefix_;
  master result_;
};

bool is_loopback(std::string const& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// A socket may go by several paths, and a port that is open to all by several addresses of this machine.
bool is_same_endpoint(root_directory const& files, fastcgi::endpoint const& one, fastcgi::endpoint const& other) {
  if (one == other) return true;
  if (one.kind() != other.kind() || one.kind() == fastcgi::endpoint::family::unix_abstract) return false;
  if (one.is_tcp()) return one.port() == other.port() && is_loopback(one.host()) && is_loopback(other.host());
  return is_same(files.look_at(one.path()), files.look_at(other.path()));
}

}  // namespace

std::vector<master> find_masters(surroundings const& where) {
  proc const processes(where.proc);
  std::vector<listening_socket> const sockets = listening_sockets(processes, "net");
  std::vector<master> masters;
  for (master_process const& found : master_processes(processes, where.caller)) {
    masters.push_back(inspection(where, processes, sockets, found).run());
  }
  add_strays(where, sockets, masters);
  return masters;
}

std::optional<listener> master_of(fastcgi::endpoint const& endpoint, std::optional<pid_t> peer,
                                  surroundings const& where) {
  root_directory const files(where.root);
  auto const is_there = [&](pool const& of) { return of.endpoint && is_same_endpoint(files, *of.endpoint, endpoint); };
  for (master& found : find_masters(where)) {
    auto const pool = std::find_if(found.pools.begin(), found.pools.end(), is_there);
    bool const listens = pool != found.pools.end();
    bool const is_peer = peer && *peer != 0;
    if (is_peer ? found.self.pid != *peer : !listens) continue;
    auto const index = listens ? std::optional(static_cast<std::size_t>(pool - found.pools.begin())) : std::nullopt;
    return listener{std::move(found), index};
  }
  return std::nullopt;
}

}  // namespace cachetool::fpm
