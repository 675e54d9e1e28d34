#include "fpm/worker_view.hpp"

#include <fcntl.h>
#include <unistd.h>

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

// Tells, with one look at each worker, whether all of them see what the caller sees. They share their master's mount
// namespace, so only what php-fpm does to a worker, chroot, is checked for each. A worker that has ended meanwhile does
// not count; if one could not be looked at, the result is unknown.
kind compare(held_process const& master, std::vector<pid_t> const& workers) {
  auto const own = identity_of(AT_FDCWD, "/proc/self/root");
  auto const own_mounts = identity_of(AT_FDCWD, "/proc/self/ns/mnt");
  auto const root_of_master = master.root();
  auto const mounts = master.mounts();
  if (!own || !own_mounts || !root_of_master || !mounts) return kind::unknown;
  if (*root_of_master != *own || *mounts != *own_mounts) return kind::elsewhere;
  bool known = workers.empty();
  for (pid_t worker : workers) {
    auto const root = identity_of(AT_FDCWD, ("/proc/" + std::to_string(worker) + "/root").c_str());
    if (root.is_unknown()) return kind::unknown;
    if (root && *root != *own) return kind::elsewhere;
    known = known || root.has_value();
  }
  return known ? kind::same : kind::unknown;
}

bool is_failure(not_told why) {
  return !why.is_absent() && why.code != 0;
}

// A worker runs the pool user's code. That may have moved into a user namespace where it may choose its own root
// directory and mounts. Such a process does not show what php-fpm set up.
looked_up<bool> is_as_php_fpm_made_it(held_process const& worker, held_process const& master) {
  auto const found = worker.identity();
  if (!found) return found.why();
  auto const title = worker.title();
  if (!title) return title.why();
  if (found->parent != master.pid() || !title->starts_with("php-fpm: pool ")) return false;
  auto const mounts = worker.mounts();
  if (!mounts) return mounts.why();
  auto const users = worker.users();
  bool const same_users = are_same(users, master.users()) || (users.is_absent() && master.users().is_absent());
  if (users.is_unknown()) return users.why();
  return are_same(mounts, master.mounts()) && same_users;
}

// The workers of a pool have that pool's socket and no other.
looked_up<held_process const*> listening_on(fastcgi::endpoint const& where, pid_t master,
                                            std::vector<held_process> const& workers) {
  proc const processes;
  root_directory const files("/", &processes);
  for (listening_socket const& socket : listening_sockets(processes, std::to_string(master) + "/net")) {
    if (!is_at(socket, where, files)) continue;
    for (held_process const& worker : workers) {
      auto const has = worker.has_socket(socket.inode);
      if (has.is_unknown()) return has.why();
      if (has && *has) return &worker;
    }
  }
  if (processes.failure()) return *processes.failure();
  return nullptr;
}

// Null if the pool has no worker.
looked_up<held_process const*> choose(std::vector<held_process> const& workers, pid_t master,
                                      fastcgi::endpoint const& where) {
  if (workers.empty()) return nullptr;
  auto const first = workers.front().root();
  bool all_have_one_root = true;
  for (held_process const& each : workers) {
    auto const root = each.root();
    if (root.is_unknown()) return root.why();
    all_have_one_root = all_have_one_root && are_same(root, first);
  }
  if (all_have_one_root) return &workers.front();
  return listening_on(where, master, workers);
}

worker_view look_through(held_process const& process, held_process const& master) {
  worker_view view;
  view.root = process.open_root();
  auto const found = process.identity();
  auto const master_found = master.identity();
  auto const path = process.root_path();
  // Asked again now that its root directory is open: it cannot have left and come back.
  bool const trusted = process.pid() == master.pid() || is_as_php_fpm_made_it(process, master).value_or(false);
  // Nobody can leave such a namespace, so it was not in one when the root directory was opened either.
  auto const by_root = process.is_in_users_of_root();
  if (!view.root || !found || !master_found || !path || !trusted || !by_root) return {};
  view.looked_at = {process.pid(), found->user, found->group};
  view.what = *by_root ? kind::elsewhere : kind::foreign;
  if (view.what == kind::foreign) view.root.reset();
  view.master_user = master_found->user;
  view.root_path = *path;
  return view;
}

looked_up<bool> sees_what_we_see(held_process const& process) {
  held_process const self(getpid());
  for (auto const look : {&held_process::root, &held_process::mounts}) {
    auto const theirs = (process.*look)();
    auto const ours = (self.*look)();
    if (!theirs || !ours) return theirs ? ours.why() : theirs.why();
    if (*theirs != *ours) return false;
  }
  return true;
}

// Those that are as php-fpm made them. One that has ended meanwhile does not count.
looked_up<std::vector<held_process>> genuine(std::vector<pid_t> const& pids, held_process const& master) {
  std::vector<held_process> workers;
  for (pid_t pid : pids) {
    held_process worker(pid);
    auto const is_one = is_as_php_fpm_made_it(worker, master);
    if (is_one.is_unknown() && is_failure(is_one.why())) return is_one.why();
    if (is_one && *is_one) workers.push_back(std::move(worker));
  }
  return workers;
}

worker_view look_elsewhere(held_process const& boss, std::vector<pid_t> const& pids, fastcgi::endpoint const& where) {
  auto const workers = genuine(pids, boss);
  if (!workers) return {};
  auto const worker = choose(*workers, boss.pid(), where);
  if (!worker) return {};
  held_process const& chosen = *worker != nullptr ? **worker : boss;
  auto const same = sees_what_we_see(chosen);
  if (!same) return {};
  if (!*same) return look_through(chosen, boss);
  worker_view view;
  view.what = kind::same;
  return view;
}

}  // namespace

worker_view view_of(pid_t master, fastcgi::endpoint const& where) {
  held_process const boss(master);
  auto const pids = children(proc(), master);
  if (!pids && is_failure(pids.why())) return {};
  std::vector<pid_t> const known = pids.value_or({});  // empty if the kernel does not list them
  worker_view view;
  view.what = compare(boss, known);
  return view.what == kind::elsewhere ? look_elsewhere(boss, known, where) : std::move(view);
}

}  // namespace cachetool::fpm
