#include "fpm/proc.hpp"

#include "few_descriptors.hpp"
#include "fpm/activity.hpp"
#include "fpm/held_process.hpp"
#include "fpm/processes.hpp"
#include "fpm/worker_view.hpp"
#include "machine_tree.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using fpm::proc;

namespace {

/// A master with two workers.
class two_workers {
 public:
  two_workers() {
    machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
    machine.file("/proc/10/task/10/children", "11 12 ");
    machine.worker(11, 10, "www");
    machine.worker(12, 10, "www");
  }

  /// A read of it fails, but for that it is there: a directory.
  void make_unreadable(std::string const& name) const {
    std::filesystem::remove(machine.path(name));
    std::filesystem::create_directory(machine.path(name));
  }

  test::machine_tree machine;
  proc processes{machine.path("/proc")};
};

}  // namespace

TEST_CASE("what is read is a value, what is not there is absent, and what cannot be read is unknown") {
  two_workers const of;
  CHECK(of.processes.read("11/cmdline", 15).value_or("") == "php-fpm: pool w");
  CHECK(of.processes.read("99/cmdline", 15).is_absent());
  of.make_unreadable("/proc/11/cmdline");
  CHECK(of.processes.read("11/cmdline", 15).is_unknown());
  CHECK_FALSE(of.processes.failure());
}

TEST_CASE("a look that fails on this side is unknown, and remembered") {
  two_workers const of;
  {
    test::few_descriptors const limit;
    CHECK(of.processes.read("11/cmdline", 15).is_unknown());
    CHECK(of.processes.names("11").is_unknown());
    CHECK(of.processes.pids().is_unknown());
    CHECK(of.processes.lines("11/status", [](std::string_view) { return true; }));
  }
  REQUIRE(of.processes.failure());
  CHECK(of.processes.failure()->code == EMFILE);
}

TEST_CASE("what is read of a process that is held counts for the whole") {
  two_workers const of;
  {
    test::few_descriptors const limit;
    CHECK(of.processes.of(11).read("cmdline", 15).is_unknown());
  }
  CHECK(of.processes.failure());
  CHECK(of.processes.of(99).read("cmdline", 15).is_absent());
}

TEST_CASE("a read takes memory for what there is, and not for its limit") {
  two_workers const of;
  auto const text = of.processes.read("11/cmdline", std::size_t{1} << 30);
  REQUIRE(text);
  CHECK(text->capacity() < 65536);
}

TEST_CASE("the workers of a pool are unknown as long as one of them cannot be looked at") {
  two_workers const of;
  CHECK(pool_workers(of.processes, 10, "www").value_or({}) == std::vector<pid_t>{11, 12});
  of.make_unreadable("/proc/12/cmdline");
  CHECK(pool_workers(of.processes, 10, "www").is_unknown());
  of.make_unreadable("/proc/12/status");
  CHECK(workers(of.processes, 10).is_unknown());
}

TEST_CASE("workers of which one has a title that cannot be read are unknown, and so are their users") {
  two_workers const of;
  of.make_unreadable("/proc/12/cmdline");
  CHECK(workers(of.processes, 10).is_unknown());
}

TEST_CASE("a process that cannot be looked at is like no other, and not like itself") {
  fpm::held_process const self(getpid());
  CHECK(are_same(self.root(), self.root()));
  CHECK(self.has_socket(1).has_value());
  CHECK(self.is_in_users_of_root().value_or(false));
  fpm::held_process const nobody(0x3FFFFFFF);
  CHECK(nobody.root().is_absent());
  CHECK_FALSE(are_same(nobody.root(), nobody.root()));
  test::few_descriptors const limit;
  CHECK(self.title().is_unknown());
  CHECK(self.identity().is_unknown());
  CHECK(self.has_socket(1).is_unknown());
  CHECK(fpm::held_process(getpid()).root().is_unknown());
  CHECK(fpm::held_process(getpid()).is_in_users_of_root().is_unknown());
}

TEST_CASE("what of the workers' view cannot be looked at for want of a descriptor is unknown") {
  test::few_descriptors const limit;
  CHECK(fpm::view_of(getpid(), fastcgi::endpoint::tcp("127.0.0.1", 9)).what == fpm::worker_view::kind::unknown);
}

TEST_CASE("a worker that ended between the list and the look is no worker") {
  two_workers const of;
  std::filesystem::remove_all(of.machine.path("/proc/12"));
  CHECK(pool_workers(of.processes, 10, "www").value_or({}) == std::vector<pid_t>{11});
}

TEST_CASE("workers of a master whose children are not told are unknown, and those of one that has ended absent") {
  two_workers const of;
  of.make_unreadable("/proc/10/task/10/children");
  CHECK(children(of.processes, 10).is_unknown());
  std::filesystem::remove_all(of.machine.path("/proc/10/task"));
  CHECK(children(of.processes, 10).is_unknown());
  std::filesystem::remove_all(of.machine.path("/proc/10"));
  CHECK(children(of.processes, 10).is_absent());
}

TEST_CASE("workers of which one cannot be looked at have not settled") {
  two_workers const of;
  of.machine.file("/proc/uptime", "100.00 1.00\n");
  std::string const stat = " (php-fpm) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n";
  of.machine.file("/proc/11/stat", "11" + stat);
  of.machine.file("/proc/12/stat", "12" + stat);
  CHECK(have_settled(of.processes, 10));
  of.make_unreadable("/proc/12/stat");
  CHECK_FALSE(have_settled(of.processes, 10));
}
