// Who uses the cache is read from the kernel's list of locks.

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>
#include <cmath>
#include <cstdio>

#include "fpm/lock_holders.hpp"
#include "machine_tree.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

constexpr pid_t master = 100;

/// A machine with a master, two workers and the file of OPcache's locks.
class locked_machine {
 public:
  locked_machine() {
    tree.master(master, "/etc/php-fpm.conf", "/usr/sbin/php-fpm8.2");
    tree.file("/proc/100/task/100/children", "101 102 ");
    tree.worker(101, master, "www", 33);
    tree.worker(102, master, "shop", 34);
    tree.file("/tmp/.ZendSem.abcdef", "");
    tree.link("/proc/100/fd/5", tree.path("/tmp/.ZendSem.abcdef"));
    struct stat info {};
    stat(tree.path("/tmp/.ZendSem.abcdef").c_str(), &info);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%02x:%02x:%llu", major(info.st_dev), minor(info.st_dev),
                  static_cast<unsigned long long>(info.st_ino));
    file = text.data();
  }

  void locks(std::string const& text) const { tree.file("/proc/locks", text); }

  [[nodiscard]] std::vector<pid_t> holders() const {
    std::vector<pid_t> pids;
    auto const found = fpm::lock_holders(fpm::proc(tree.path("/proc")), master);
    for (fpm::worker const& each : found.value()) {
      pids.push_back(each.self.pid);
    }
    return pids;
  }

  machine_tree tree;
  std::string file;
};

}  // namespace

TEST_CASE("a worker with a read lock on byte 1 of OPcache's file uses the cache") {
  if (geteuid() != 0) return does_not_apply("the kernel names who holds a lock to root alone");
  locked_machine const machine;
  machine.locks("1: POSIX  ADVISORY  READ 102 " + machine.file + " 1 1\n");
  CHECK(machine.holders() == std::vector<pid_t>{102});
}

TEST_CASE("the device of a lock may be another than the file's, as on btrfs") {
  if (geteuid() != 0) return does_not_apply("the kernel names who holds a lock to root alone");
  locked_machine const machine;
  machine.locks("1: POSIX  ADVISORY  READ 102 00:1f:" + machine.file.substr(machine.file.rfind(':') + 1) + " 1 1\n");
  CHECK(machine.holders() == std::vector<pid_t>{102});
}

TEST_CASE("other locks, other files and other processes do not count") {
  if (geteuid() != 0) return does_not_apply("the kernel names who holds a lock to root alone");
  locked_machine const machine;
  machine.locks("1: POSIX  ADVISORY  WRITE 101 " + machine.file + " 0 0\n" +  //
                "2: FLOCK  ADVISORY  READ 101 " + machine.file + " 1 1\n" +   //
                "3: POSIX  ADVISORY  READ 101 00:01:1 1 1\n" +                //
                "4: POSIX  ADVISORY  READ 999 " + machine.file + " 1 1\n" +   //
                "4: -> POSIX  ADVISORY  READ 101 " + machine.file + " 1 1\nnonsense\n");
  CHECK(machine.holders().empty());
}

TEST_CASE("a master whose file of locks is not seen tells nothing") {
  machine_tree const tree;
  tree.master(master, "/etc/php-fpm.conf", "/usr/sbin/php-fpm8.2");
  CHECK_FALSE(fpm::lock_holders(fpm::proc(tree.path("/proc")), master));
}

TEST_CASE("workers have settled when each of them is older than a second") {
  machine_tree const tree;
  tree.file("/proc/100/task/100/children", "101 102 ");
  tree.file("/proc/uptime", "1000.00 4000.00\n");
  auto const born = [&tree](pid_t pid, double seconds) {
    tree.file("/proc/" + std::to_string(pid) + "/stat",
              std::to_string(pid) + " (php) fpm)) S 100 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 " +
                  std::to_string(std::lround(seconds * static_cast<double>(sysconf(_SC_CLK_TCK)))) + " 0 0\n");
  };
  fpm::proc const processes(tree.path("/proc"));
  CHECK_FALSE(fpm::have_settled(processes, master));
  born(101, 10);
  born(102, 999.5);
  CHECK_FALSE(fpm::have_settled(processes, master));
  born(102, 998);
  CHECK(fpm::have_settled(processes, master));
  CHECK_FALSE(fpm::have_settled(processes, 4711));
}
