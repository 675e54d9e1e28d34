#include "placement/attacker.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>

namespace cachetool::test {
namespace {

void leave_for_own_mounts() {
  if (unshare(CLONE_NEWNS) != 0 || mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) _exit(1);
}

// The first name in a directory that begins with PREFIX; empty if there is none.
std::string find(std::string const& base, std::string_view prefix) {
  std::unique_ptr<DIR, int (*)(DIR*)> const list(opendir(base.c_str()), closedir);
  while (dirent const* entry = list ? readdir(list.get()) : nullptr) {
    if (std::string_view(entry->d_name).starts_with(prefix)) return base + "/" + entry->d_name;
  }
  return {};
}

bool put_there(swap_by means, std::string const& victim, std::string const& name, std::string const& away) {
  if (means == swap_by::mount) return mount(victim.c_str(), name.c_str(), nullptr, MS_BIND, nullptr) == 0;
  return rename(name.c_str(), away.c_str()) == 0 && rename(victim.c_str(), name.c_str()) == 0;
}

void take_back(swap_by means, std::string const& victim, std::string const& name) {
  if (means == swap_by::mount) umount2(name.c_str(), MNT_DETACH);
  if (means == swap_by::rename) rename(name.c_str(), victim.c_str());
}

/// A number that this process and its children see.
struct shared_count {
  std::atomic<int>* value =
      new (mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
          std::atomic<int>(0);
  shared_count() = default;
  shared_count(shared_count const&) = delete;
  shared_count& operator=(shared_count const&) = delete;
  ~shared_count() { munmap(value, sizeof *value); }
};

}  // namespace

attacker::attacker(bool in_own_mounts, std::function<void()> const& act) {
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0) throw std::runtime_error("no pipe for an attacker");
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (in_own_mounts) leave_for_own_mounts();
    if (write(ready[1], "x", 1) != 1) _exit(1);
    act();
    while (true) pause();
  }
  close(ready[1]);
  char byte = 0;
  bool const runs = read(ready[0], &byte, 1) == 1;
  close(ready[0]);
  if (!runs) throw std::runtime_error("an attacker cannot be started");
}

attacker::~attacker() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

placement::worker_root attacker::root() const {
  return placement::worker_root(
      base::unique_fd(open(("/proc/" + std::to_string(pid_) + "/root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
}

void bind_mount(std::string const& what, std::string const& point) {
  if (mount(what.c_str(), point.c_str(), nullptr, MS_BIND, nullptr) != 0) _exit(1);
}

int while_swapped(swap_by means, std::string const& base, std::string const& prefix, std::string const& victim,
                  std::function<void(placement::worker_root const&)> const& call) {
  shared_count const swaps;
  attacker const other(means == swap_by::mount, [&] {
    while (true) {
      std::string const name = find(base, prefix);
      if (name.empty()) continue;
      if (!put_there(means, victim, name, base + "/away" + std::to_string(swaps.value->load()))) continue;
      ++*swaps.value;
      usleep(300);  // so that the program goes on with what it finds now
      take_back(means, victim, name);
    }
  });
  placement::worker_root const root = means == swap_by::mount ? other.root() : placement::worker_root();
  auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  while (*swaps.value < 100 && std::chrono::steady_clock::now() < end) call(root);
  return *swaps.value;
}

}  // namespace cachetool::test
