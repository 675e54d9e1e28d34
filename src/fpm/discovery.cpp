#include "fpm/discovery.hpp"

#include <algorithm>
#include <set>

#include <cachetool/error.hpp>

#include "base/text.hpp"
#include "fpm/config.hpp"
#include "fpm/configured.hpp"
#include "fpm/mounts.hpp"
#include "fpm/processes.hpp"
#include "fpm/reach.hpp"
#include "fpm/root_directory.hpp"
#include "fpm/sockets.hpp"
#include "fpm/strays.hpp"
#include "fpm/version.hpp"
#include "fpm/whereabouts.hpp"

namespace cachetool::fpm {
namespace {

constexpr std::chrono::milliseconds longest_look_at_others{1000};

bool is_same(std::optional<struct stat> const& one, std::optional<struct stat> const& other) {
  return one && other && one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

// Looks at one master, as far as this process can see it.
class inspection {
 public:
  inspection(search_options const& where, proc const& processes, std::vector<listening_socket> const& ours,
             master_process found)
      : where_(&where),
        processes_(&processes),
        of_(std::to_string(found.self.pid)),
        found_(std::move(found)),
        ours_(&ours),
        runs_in_(whereabouts_of(processes, of_)) {}

  [[nodiscard]] pid_t pid() const noexcept { return found_.self.pid; }

  /// The master without its pools.
  [[nodiscard]] master glance() const {
    master out;
    out.self = found_.self;
    out.executable = found_.executable;
    out.config = found_.config;
    out.elsewhere = runs_in_.other_mounts;
    out.contained = runs_in_.contained();
    out.may_be_contained = runs_in_.may_be_contained();
    out.pools.emplace_back();  // so that it is listed
    return out;
  }

  /// The same as run(), done once however often it is asked for.
  master const& whole(search_time const& time) {
    if (!whole_) whole_ = run(time);
    return *whole_;
  }

  /// As far as time suffices.
  master run(search_time const& time) {
    time_ = &time;
    result_ = glance();
    result_.pools.clear();
    choose_files();
    choose_sockets();
    read_configuration();
    add_workers();
    for (std::size_t i = 0; i < result_.pools.size(); ++i) find_endpoint(result_.pools[i]);
    add_nameless();
    if (result_.pools.empty() && result_.may_be_contained) result_.pools.emplace_back();
    result_.version = version();
    return std::move(result_);
  }

 private:
  void choose_files() {
    bool const may_enter = runs_in_.other_mounts && processes_->target(of_ + "/root").has_value();
    // A file system that a third user mounted may fail whenever that user likes.
    proc const* const whole = is_own(glance(), where_->caller) ? processes_ : nullptr;
    files_ = root_directory(may_enter ? processes_->root() + "/" + of_ + "/root" : where_->root, whole);
    inside_ = may_enter;
  }

  void choose_sockets() {
    held_ = sockets_held_by(of_);
    if (runs_in_.other_network) theirs_ = listening_sockets(*processes_, of_ + "/net");
  }

  // Empty if the caller may not look.
  std::set<std::uint64_t> sockets_held_by(std::string const& pid) const {
    std::set<std::uint64_t> inodes;
    for (std::string const& fd : processes_->names(pid + "/fd").value_or({})) {
      if (!time_->goes_on()) break;
      auto const inode = socket_inode(processes_->link(pid + "/fd/" + fd).value_or(""));
      if (inode != 0) inodes.insert(inode);
    }
    return inodes;
  }

  std::vector<listening_socket> const& sockets() const { return runs_in_.other_network ? theirs_ : *ours_; }

  void read_configuration() {
    result_.config = found_.config;
    if (!result_.config.empty() && !result_.config.starts_with('/')) {
      std::string const directory = processes_->link(of_ + "/cwd").value_or("");
      if (!directory.empty()) result_.config = directory + "/" + result_.config;
    }
    prefix_ = installation_prefix(result_.config, result_.executable);
    if (result_.config.starts_with('/') && may_use_paths()) {
      fpm::read_configuration(files_, prefix_, *time_, result_);
    }
  }

  // A path in a container that the caller may not enter means something else here.
  bool may_use_paths() const { return inside_ || !runs_in_.may_be_contained(); }

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
    // A container's address must not be mistaken for that of another process that listens here.
    if (runs_in_.other_network || (runs_in_.may_be_contained() && !heard)) {
      of.inside = at;
      of.inside_of = found_.self.pid;
      return;
    }
    of.endpoint = at;
    of.reach = reach_port(heard, at->is_tcp() ? value_of(of, "listen.allowed_clients") : "", at->host());
  }

  // The caller may use a path of the master's socket if it leads to the same file here.
  void settle_path(pool& of, std::string const& path, bool heard) const {
    if (!leads_to_the_same(path)) return;
    root_directory const here(where_->root, processes_);
    bool const same_path = !inside_ || is_same(files_.look_at(path), here.look_at(path));
    std::string const outside = files_.outside(inside_ ? files_.resolve(path).value_or(path) : path);
    try {
      of.endpoint = fastcgi::endpoint::unix_socket(same_path ? path : outside);
    } catch (error const&) {
      return;  // longer than a socket's address may be
    }
    of.reach = reach_socket(outside, heard);
  }

  // Goes by the mount tables if the caller may not look for itself.
  bool leads_to_the_same(std::string const& path) const {
    if (inside_ || !runs_in_.other_mounts) return true;
    std::string const real = files_.resolve(path).value_or(path);
    return may_use_paths() && shares(*processes_, of_, path) == true && shares(*processes_, of_, real) == true;
  }

  // A worker holds its own pool's socket and no other.
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

  // The kernel prints socket names as they are, line breaks included, so anybody can make up a line for somebody else's
  // inode. If there are several lines, only the configured one is believed.
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

  // Adds sockets of the master that belong to no known pool: the configuration cannot be read, and there is no worker.
  void add_nameless() {
    for (listening_socket const& socket : sockets()) {
      if (!held_.contains(socket.inode) || explained_.contains(socket.inode) || is_status_page(socket)) continue;
      if (with_inode(socket.inode, std::nullopt) == nullptr) continue;
      pool nameless;
      settle(nameless, endpoint_of(socket), true);
      if (nameless.endpoint || nameless.inside) result_.pools.push_back(std::move(nameless));
    }
  }

  // Since PHP 8.0 there may be a socket that answers with the status page and runs nothing.
  bool is_status_page(listening_socket const& socket) const {
    return std::any_of(result_.pools.begin(), result_.pools.end(), [&](pool const& of) {
      auto const at = listen_endpoint(value_of(of, "pm.status_listen"), value_of(of, "prefix", prefix_));
      return at && is_at(socket, *at, files_);
    });
  }

  std::string version() const {
    std::string exact;
    if (where_->exact_version && !found_.executable.empty()) {
      exact = version_of_executable(processes_->root() + "/" + of_ + "/exe");
    }
    if (!exact.empty()) return exact;
    std::string const named = version_in(found_.executable);
    return named.empty() ? version_in(result_.config) : named;
  }

  search_options const* where_;
  proc const* processes_;
  search_time const* time_ = nullptr;
  std::string of_;
  master_process found_;
  std::vector<listening_socket> const* ours_;
  whereabouts runs_in_;
  std::vector<listening_socket> theirs_;
  std::set<std::uint64_t> held_;       // sockets that the master has open; empty if hidden
  std::set<std::uint64_t> explained_;  // those whose pools are known
  root_directory files_;
  bool inside_ = false;  // files_ is the master's own root directory
  std::string prefix_;
  master result_;
  std::optional<master> whole_;
};

bool is_loopback(std::string const& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// A socket may have several paths, and a port that is open to all has several addresses of this machine.
bool is_same_endpoint(root_directory const& files, fastcgi::endpoint const& one, fastcgi::endpoint const& other) {
  if (one == other) return true;
  if (one.kind() != other.kind() || one.kind() == fastcgi::endpoint::family::unix_abstract) return false;
  if (one.is_tcp()) return one.port() == other.port() && is_loopback(one.host()) && is_loopback(other.host());
  return is_same(files.look_at(one.path()), files.look_at(other.path()));
}

// Everything that runs here, looked at within one time limit.
class machine {
 public:
  explicit machine(search_options const& where)
      : where_(where),
        time_(where.patience, where.interrupt_fd),
        processes_(where.proc),
        files_(where.root, &processes_),
        sockets_(listening_sockets(processes_, "net")) {
    for (master_process& each : master_processes(processes_, where.caller, time_)) {
      inspections_.emplace_back(where, processes_, sockets_, std::move(each));
    }
    auto const by_owner = [&](inspection const& one) { return is_own(one.glance(), where.caller); };
    others_ = std::stable_partition(inspections_.begin(), inspections_.end(), by_owner);
  }

  std::vector<master> masters() {
    std::vector<master> all;
    for (auto each = inspections_.begin(); each != others_; ++each) all.push_back(each->run(time_));
    add_others(all);
    add_strays(where_, processes_, sockets_, time_, all);
    require_all();
    std::stable_sort(all.begin(), all.end(), comes_before);
    return all;
  }

  // Looks at no more masters than it needs.
  std::optional<listener> behind(fastcgi::endpoint const& endpoint, std::optional<pid_t> peer) {
    auto found = look_behind(endpoint, peer);
    if (where_.must_know) require_readable();
    return found;
  }

 private:
  std::optional<listener> look_behind(fastcgi::endpoint const& endpoint, std::optional<pid_t> peer) {
    pid_t const listening = peer.value_or(0);  // 0 if unknown
    for (inspection& each : inspections_) {
      if (listening != 0 && each.pid() != listening) continue;
      auto listens = as_listener(each.whole(time_), endpoint);
      if (listening != 0 || listens.pool) return listens;
    }
    for (master const& each : strays()) {
      auto listens = as_listener(each, endpoint);
      if (listening != 0 ? listens.master.self.pid == listening : listens.pool.has_value()) return listens;
    }
    return std::nullopt;
  }

  std::vector<master> const& strays() {
    if (!strays_) add_strays(where_, processes_, sockets_, time_, strays_.emplace());
    return *strays_;
  }

  // Those of other users and of containers, which may be made so that looking takes for ever.
  void add_others(std::vector<master>& all) {
    search_time const time = time_.part(longest_look_at_others);
    for (auto each = others_; each != inspections_.end(); ++each) {
      all.push_back(time.goes_on() ? each->run(time) : each->glance());
    }
  }

  listener as_listener(master found, fastcgi::endpoint const& endpoint) const {
    auto const is_there = [&](pool const& of) {
      return of.endpoint && is_same_endpoint(files_, *of.endpoint, endpoint);
    };
    auto const pool = std::find_if(found.pools.begin(), found.pools.end(), is_there);
    bool const listens = pool != found.pools.end();
    auto const index = listens ? std::optional(static_cast<std::size_t>(pool - found.pools.begin())) : std::nullopt;
    return {std::move(found), index};
  }

  // Half of what runs here must not be taken for all of it.
  void require_all() const {
    if (!time_.goes_on()) {
      throw error(error_kind::timeout, "looking for php-fpm took longer than " + base::duration_text(where_.patience))
          .advise("name the php-fpm you mean: --fcgi=ADDRESS");
    }
    require_readable();
  }

  void require_readable() const {
    if (auto const failed = processes_.failure()) {
      throw error(error_kind::no_resources,
                  "the process table could not be read as a whole: " + base::errno_text(failed->code))
          .advise("try again, or name the php-fpm you mean: --fcgi=ADDRESS");
    }
  }

  // By pid; masters without a pid come last.
  static bool comes_before(master const& one, master const& other) {
    if ((one.self.pid == 0) != (other.self.pid == 0)) return other.self.pid == 0;
    return one.self.pid < other.self.pid;
  }

  search_options const& where_;
  search_time time_;
  proc processes_;
  root_directory files_;
  std::vector<listening_socket> sockets_;
  std::vector<inspection> inspections_;
  std::vector<inspection>::iterator others_;  // the others begin here
  std::optional<std::vector<master>> strays_;
};

}  // namespace

std::vector<master> find_masters(search_options const& where) {
  return machine(where).masters();
}

std::vector<std::optional<listener>> masters_of(std::span<heard_endpoint const> endpoints,
                                                search_options const& where) {
  std::vector<std::optional<listener>> found(endpoints.size());
  try {
    machine here(where);
    for (std::size_t i = 0; i < endpoints.size(); ++i) found[i] = here.behind(endpoints[i].where, endpoints[i].peer);
  } catch (error const& failed) {
    bool const must_know = where.must_know && failed.kind() == error_kind::no_resources;
    if (failed.kind() == error_kind::interrupted || must_know) throw;
  }
  return found;
}

std::optional<listener> master_of(fastcgi::endpoint const& endpoint, std::optional<pid_t> peer,
                                  search_options const& where) {
  heard_endpoint const one{endpoint, peer};
  return masters_of({&one, 1}, where).front();
}

}  // namespace cachetool::fpm
