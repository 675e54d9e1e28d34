#include "fpm/worker_view.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "fpm/configured.hpp"
#include "fpm/held_process.hpp"
#include "fpm/processes.hpp"
#include "fpm/root_directory.hpp"
#include "fpm/sockets.hpp"

namespace cachetool::fpm {
namespace {

using kind = worker_view::kind;

// What tells, at one look for each worker, whether all of them see what the caller sees. Their mount namespace is their
// master's: only what php-fpm itself did to a worker, chroot, is asked of each.
kind compare(held_process const& master, std::vector<pid_t> const& workers) {
  auto const own = identity_of(AT_FDCWD, "/proc/self/root");
  auto const root_of_master = master.root();
  auto const mounts = master.mounts();
  if (!own || !root_of_master || !mounts) return kind::unknown;
  if (root_of_master != own || mounts != identity_of(AT_FDCWD, "/proc/self/ns/mnt")) return kind::elsewhere;
  bool known = workers.empty();
  for (pid_t worker : workers) {
    auto const root = identity_of(AT_FDCWD, ("/proc/" + std::to_string(worker) + "/root").c_str());
    if (root && root != own) return kind::elsewhere;
    known = known || root.has_value();
  }
  return known ? kind::same : kind::unknown;
}

// A worker runs the pool user's code, which may have left for a user namespace in which it is free to choose its own
// root directory and mounts: what such a process shows is not what php-fpm set up.
bool is_as_php_fpm_made_it(held_process const& worker, held_process const& master) {
  auto const found = worker.identity();
  return found && found->parent == master.pid() && worker.title().starts_with("php-fpm: pool ") && worker.mounts() &&
         worker.mounts() == master.mounts() && worker.users() == master.users();
}

bool all_have_one_root(std::vector<held_process> const& workers) {
  return std::all_of(workers.begin(), workers.end(),
                     [&](held_process const& each) { return each.root() == workers.front().root(); });
}

// The workers of a pool have that pool's socket and no other's.
held_process const* listening_on(fastcgi::endpoint const& where, pid_t master,
                                 std::vector<held_process> const& workers) {
  root_directory const files;
  for (listening_socket const& socket : listening_sockets(proc(), std::to_string(master) + "/net")) {
    if (!is_at(socket, where, files)) continue;
    for (held_process const& worker : workers) {
      if (worker.has_socket(socket.inode)) return &worker;
    }
  }
  return nullptr;
}

held_process const* choose(std::vector<held_process> const& workers, pid_t master, fastcgi::endpoint const& where) {
  if (workers.empty()) return nullptr;
  if (all_have_one_root(workers)) return &workers.front();
  return listening_on(where, master, workers);
}

worker_view look_through(held_process const& process, held_process const& master) {
  worker_view view;
  view.root = process.open_root();
  auto const found = process.identity();
  auto const master_found = master.identity();
  // Asked again now that its root is open: it cannot have left and come back.
  bool const trusted = process.pid() == master.pid() || is_as_php_fpm_made_it(process, master);
  if (!view.root || !found || !master_found || !trusted) return {};
  view.looked_at = {process.pid(), found->user, found->group};
  // Nobody leaves such a namespace, so it was none when the root was opened either.
  view.what = process.is_in_users_of_root() ? kind::elsewhere : kind::foreign;
  if (view.what == kind::foreign) view.root.reset();
  view.master_user = master_found->user;
  view.root_path = process.root_path();
  return view;
}

bool sees_what_we_see(held_process const& process) {
  held_process const self(getpid());
  return process.root() == self.root() && process.mounts() == self.mounts();
}

}  // namespace

worker_view view_of(pid_t master, fastcgi::endpoint const& where) {
  worker_view view;
  held_process const boss(master);
  std::vector<pid_t> const pids = children(proc(), master).value_or({});
  view.what = compare(boss, pids);
  if (view.what != kind::elsewhere) return view;

  std::vector<held_process> workers;
  for (pid_t pid : pids) {
    held_process worker(pid);
    if (is_as_php_fpm_made_it(worker, boss)) workers.push_back(std::move(worker));
  }
  held_process const* const worker = choose(workers, master, where);
  held_process const& chosen = worker != nullptr ? *worker : boss;
  if (sees_what_we_see(chosen)) {
    view.what = kind::same;
    return view;
  }
  return look_through(chosen, boss);
}

}  // namespace cachetool::fpm
