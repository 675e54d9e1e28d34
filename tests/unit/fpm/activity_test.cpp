#include "fpm/activity.hpp"

#include <sys/syscall.h>

#include "machine_tree.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using fpm::doing;

namespace {

std::string in_call(long number, int descriptor) {
  return std::to_string(number) + " 0x" + std::to_string(descriptor) + " 0x7ffc0 0x8 0x0 0x0 0x0 0x7ffc1f0a 0x7f34d2\n";
}

/// A pool www with a worker for each of CALLS, what /proc/PID/syscall says; its pids are 11, 12, ... Each has the
/// connection 2000 + pid as its descriptor 4, and one to somebody else as 5.
struct small_pool {
  explicit small_pool(std::vector<std::string> const& calls) {
    of.name = "www";
    of.endpoint = fastcgi::endpoint::unix_socket("/run/www.sock");
    std::string sockets = "Num       RefCount Protocol Flags    Type St Inode Path\n" + line(1, 1000);
    for (std::string const& call : calls) {
      pid_t const pid = 11 + static_cast<pid_t>(of.workers.size());
      std::string const process = "/proc/" + std::to_string(pid);
      if (!call.empty()) machine.file(process + "/syscall", call);
      machine.link(process + "/fd/9", "socket:[1000]");
      machine.link(process + "/fd/4", "socket:[" + std::to_string(2000 + pid) + "]");
      machine.link(process + "/fd/5", "socket:[" + std::to_string(3000 + pid) + "]");
      sockets += line(3, 2000 + pid);
      of.workers.push_back({pid, 33, 33});
    }
    for (fpm::process const& worker : of.workers) {
      machine.file("/proc/" + std::to_string(worker.pid) + "/net/unix", sockets);
    }
  }

  static std::string line(int state, int inode) {
    return "00000000299bf322: 00000003 00000000 " + std::string(state == 1 ? "00010000" : "00000000") + " 0001 0" +
           std::to_string(state) + " " + std::to_string(inode) + " /run/www.sock\n";
  }

  void connections(std::vector<int> const& states) const {
    std::string table = "Num       RefCount Protocol Flags    Type St Inode Path\n" + line(1, 1000);
    for (int const state : states) table += line(state, state == 2 ? 0 : 77);
    machine.file("/proc/net/unix", table + "0: 00000003 00000000 00000000 0001 03 9 /run/other.sock\n");
  }

  [[nodiscard]] doing first() const { return load().workers.at(0).what; }
  [[nodiscard]] fpm::pool_load load() const { return fpm::load_of(of, fpm::proc(machine.path("/proc"))); }

  test::machine_tree machine;
  fpm::pool of;
};

}  // namespace

TEST_CASE("a worker in accept() is idle") {
  CHECK(small_pool({in_call(SYS_accept4, 9)}).first() == doing::idle);
#ifdef SYS_accept
  CHECK(small_pool({in_call(SYS_accept, 9)}).first() == doing::idle);
#endif
}

TEST_CASE("a worker that reads from a connection to the pool's socket is held by its client") {
  CHECK(small_pool({in_call(SYS_read, 4)}).first() == doing::held);
  CHECK(small_pool({in_call(SYS_recvfrom, 4)}).first() == doing::held);
}

TEST_CASE("a worker that reads from anything else runs PHP") {
  CHECK(small_pool({in_call(SYS_read, 5)}).first() == doing::running);   // a database
  CHECK(small_pool({in_call(SYS_read, 42)}).first() == doing::running);  // closed meanwhile
}

TEST_CASE("a worker on a processor, or in another system call, runs PHP") {
  CHECK(small_pool({"running\n"}).first() == doing::running);
  CHECK(small_pool({"-1 0x7ffc1f0a 0x7f34d2\n"}).first() == doing::running);
  CHECK(small_pool({in_call(SYS_nanosleep, 0)}).first() == doing::running);
}

TEST_CASE("of a worker that may not be looked at nothing is known") {
  CHECK(small_pool({""}).first() == doing::unknown);
}

TEST_CASE("a connection over TCP is told by its port") {
  small_pool const pool({in_call(SYS_read, 4), in_call(SYS_read, 5)});
  std::string const table =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1000 1 0 100\n"
      "   1: 0100007F:2328 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2011 1 0 20\n"
      "   2: 0100007F:C351 0100007F:0CEA 01 00000000:00000000 00:00000000 00000000    33        0 3012 1 0 20\n";
  pool.machine.file("/proc/11/net/unix", "");
  pool.machine.file("/proc/11/net/tcp", table);
  auto const load = pool.load();
  CHECK(load.workers.at(0).what == doing::held);
  CHECK(load.workers.at(1).what == doing::running);
}

TEST_CASE("the load of a pool is what its workers do") {
  small_pool const pool({in_call(SYS_accept4, 9), in_call(SYS_read, 4), "running"});
  auto const load = pool.load();
  CHECK(load.pool == "www");
  CHECK(load.busy() == 2U);
  CHECK(load.count(doing::held) == 1);
  CHECK_FALSE(load.all_busy());
}

TEST_CASE("connections tell how busy a pool is whose workers may not be looked at") {
  small_pool const pool({"", ""});
  pool.connections({3, 3, 2});
  auto const load = pool.load();
  REQUIRE(load.connections);
  CHECK(load.connections->accepted == 2);
  CHECK(load.connections->waiting == 1);
  CHECK(load.busy() == 2U);
  CHECK(load.all_busy());
}

TEST_CASE("a pool of which nothing is known is not called busy") {
  fpm::pool nobody;
  auto const load = fpm::load_of(nobody);
  CHECK_FALSE(load.busy());
  CHECK_FALSE(load.all_busy());
}

TEST_CASE("connections to a port are counted at the listener's end, accepted ones by their inode") {
  test::machine_tree const machine;
  machine.file(
      "/proc/net/tcp",
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:2328 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 1000 1 0 100\n"
      "   1: 0100007F:2328 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2011 1 0 20\n"
      "   2: 0100007F:C350 0100007F:2328 01 00000000:00000000 00:00000000 00000000    33        0 2012 1 0 20\n"
      "   3: 0100007F:2328 0100007F:C351 08 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20\n"
      "   4: 0100007F:2328 0100007F:C352 06 00000000:00000000 00:00000000 00000000     0        0 0 3 0\n");
  fpm::proc const processes(machine.path("/proc"));
  auto const count = fpm::count_connections(fastcgi::endpoint::tcp("127.0.0.1", 9000), processes);
  REQUIRE(count);
  CHECK(count->accepted == 1);
  CHECK(count->waiting == 1);
  CHECK_FALSE(fpm::count_connections(fastcgi::endpoint::tcp("127.0.0.1", 9001), processes));
}
