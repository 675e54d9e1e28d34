#include "fpm/discovery.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "few_descriptors.hpp"
#include "fpm/reach.hpp"
#include "machine_tree.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;

namespace {

std::vector<fpm::master> find(test::machine_tree const& machine) {
  return fpm::find_masters(machine.where_to_look());
}

}  // namespace

TEST_CASE("a master is found by its title, with its pools and their workers") {
  test::machine_tree const machine;
  machine.file("/etc/php/8.2/fpm/php-fpm.conf", "include=/etc/php/8.2/fpm/pool.d/*.conf\n");
  machine.file("/etc/php/8.2/fpm/pool.d/a.conf", "[a]\nlisten = /run/php/$pool.sock\nuser = www-data\n");
  machine.file("/etc/php/8.2/fpm/pool.d/b.conf", "[b]\nlisten = 127.0.0.1:9000\n");
  machine.master(10, "/etc/php/8.2/fpm/php-fpm.conf", "/usr/sbin/php-fpm8.2");
  machine.worker(11, 10, "a");
  machine.worker(12, 10, "a");
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  fpm::master const& found = masters[0];
  CHECK(found.self.pid == 10);
  CHECK(found.version == "8.2");
  CHECK(found.config == "/etc/php/8.2/fpm/php-fpm.conf");
  CHECK_FALSE(found.elsewhere);
  REQUIRE(found.pools.size() == 2);
  CHECK(found.pools[0].name == "a");
  CHECK(found.pools[0].endpoint->text() == "/run/php/a.sock");
  CHECK(found.pools[0].reach == fpm::access::absent);
  CHECK(found.pools[0].workers.size() == 2);
  CHECK(found.pools[0].workers[0].uid == 33);
  CHECK(found.pools[0].config.at("user").value == "www-data");
  CHECK(found.pools[1].endpoint->text() == "127.0.0.1:9000");
}

TEST_CASE("each distribution's layout is understood") {
  struct layout {
    char const* distribution;
    char const* config;
    char const* program;
    char const* include;  // as its php-fpm.conf says
    char const* pool;     // the file that this matches
    char const* socket;
    char const* version;
  };
  layout const all[] = {
      {"Debian", "/etc/php/8.2/fpm/php-fpm.conf", "/usr/sbin/php-fpm8.2", "/etc/php/8.2/fpm/pool.d/*.conf",
       "/etc/php/8.2/fpm/pool.d/www.conf", "/run/php/php8.2-fpm.sock", "8.2"},
      {"RHEL", "/etc/php-fpm.conf", "/usr/sbin/php-fpm", "/etc/php-fpm.d/*.conf", "/etc/php-fpm.d/www.conf",
       "/run/php-fpm/www.sock", ""},
      {"Remi", "/etc/opt/remi/php83/php-fpm.conf", "/opt/remi/php83/root/usr/sbin/php-fpm",
       "/etc/opt/remi/php83/php-fpm.d/*.conf", "/etc/opt/remi/php83/php-fpm.d/www.conf",
       "/var/opt/remi/php83/run/php-fpm/www.sock", "8.3"},
      {"Alpine", "/etc/php84/php-fpm.conf", "/usr/sbin/php-fpm84", "/etc/php84/php-fpm.d/*.conf",
       "/etc/php84/php-fpm.d/www.conf", "/run/php-fpm84/www.sock", "8.4"},
      {"cPanel", "/opt/cpanel/ea-php81/root/etc/php-fpm.conf", "/opt/cpanel/ea-php81/root/usr/sbin/php-fpm",
       "/opt/cpanel/ea-php81/root/etc/php-fpm.d/*.conf", "/opt/cpanel/ea-php81/root/etc/php-fpm.d/example.com.conf",
       "/opt/cpanel/ea-php81/root/usr/var/run/php-fpm/abc.sock", "8.1"},
      {"Plesk", "/opt/plesk/php/8.2/etc/php-fpm.conf", "/opt/plesk/php/8.2/sbin/php-fpm", "etc/php-fpm.d/*.conf",
       "/opt/plesk/php/8.2/etc/php-fpm.d/example.com.conf", "/var/www/vhosts/system/example.com/php-fpm.sock", "8.2"},
      {"DirectAdmin", "/usr/local/php82/etc/php-fpm.conf", "/usr/local/php82/sbin/php-fpm82",
       "/usr/local/directadmin/data/users/*/php/php-fpm82.conf",
       "/usr/local/directadmin/data/users/someone/php/php-fpm82.conf", "/usr/local/php82/sockets/someone.sock", "8.2"},
      {"docker", "/usr/local/etc/php-fpm.conf", "/usr/local/sbin/php-fpm", "etc/php-fpm.d/*.conf",
       "/usr/local/etc/php-fpm.d/www.conf", "/var/run/php.sock", ""},
  };
  for (layout const& one : all) {
    CAPTURE(one.distribution);
    test::machine_tree const machine;
    machine.file(one.config, std::string("include=") + one.include + "\n");
    machine.file(one.pool, std::string("[www]\nlisten = ") + one.socket + "\n");
    machine.master(10, one.config, one.program);
    auto const masters = find(machine);
    REQUIRE(masters.size() == 1);
    CHECK(masters[0].version == one.version);
    REQUIRE(masters[0].pools.size() == 1);
    CHECK(masters[0].pools[0].endpoint->text() == one.socket);
    CHECK(masters[0].pools[0].config.at("listen").file == one.pool);
  }
}

TEST_CASE("a process that only calls itself a master is not believed by root") {
  using namespace std::string_literals;
  test::machine_tree const machine;
  machine.process({10, 1, "php-fpm: master process (/tmp/evil.conf)", "/usr/bin/perl", 1000, 1000});
  machine.process({11, 1, "php-fpm: master process (/tmp/evil.conf)", "", 0, 0});  // its executable is hidden
  machine.process({12, 1, "php-fpm: master process (/tmp/evil.conf)", "/usr/bin/sudo", 0, 0});
  machine.process({13, 1, "/tmp/php-fpm\0-y\0/tmp/evil.conf"s, "/usr/bin/sudo", 0, 0});
  auto where = machine.where_to_look();
  where.caller = 0;
  CHECK(fpm::find_masters(where).empty());
}

TEST_CASE("another user's master is believed only if nobody but root can have put its executable there") {
  test::machine_tree const machine;
  machine.process({10, 1, "php-fpm: master process (/x.conf)", "/usr/sbin/php-fpm", 54321, 54321});
  auto where = machine.where_to_look();
  where.caller = 0;
  std::size_t const believed = geteuid() == 0 ? 1 : 0;  // whose the files of this machine are
  CHECK(fpm::find_masters(where).size() == believed);
  std::filesystem::permissions(machine.path("/usr/sbin/php-fpm"), std::filesystem::perms{0777});
  CHECK(fpm::find_masters(where).empty());
}

TEST_CASE("a setuid executable is no php-fpm, whatever its name") {
  test::machine_tree const machine;
  machine.process({10, 1, "php-fpm: master process (/x.conf)", "/tmp/php-fpm", 0, 0});
  std::filesystem::permissions(machine.path("/tmp/php-fpm"), std::filesystem::perms{04755});
  CHECK(find(machine).empty());
}

TEST_CASE("without root a hidden executable is believed of root's processes alone, and not of setuid ones") {
  test::machine_tree const machine;
  machine.process({10, 1, "php-fpm: master process (/x.conf)", "", 0, 0});
  machine.process({11, 1, "php-fpm: master process (/x.conf)", "", 1000, 0});
  machine.process({12, 1, "php-fpm: master process (/x.conf)", "", 1001, 1001});
  auto where = machine.where_to_look();
  where.caller = 1000;
  auto const masters = fpm::find_masters(where);
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].self.pid == 10);
}

TEST_CASE("a worker that has not got its title yet is no master, nor is what starts a daemon") {
  test::machine_tree const machine;
  machine.process({9, 1, "/usr/sbin/php-fpm8.2", "/usr/sbin/php-fpm8.2", geteuid(), geteuid()});
  machine.process({10, 9, "php-fpm: master process (/x.conf)", "/usr/sbin/php-fpm8.2", geteuid(), geteuid()});
  machine.process({11, 10, "php-fpm: master process (/x.conf)", "/usr/sbin/php-fpm8.2", geteuid(), geteuid()});
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].self.pid == 10);
}

TEST_CASE("a master that is being reloaded shows its command line, and is found by that") {
  using namespace std::string_literals;
  test::machine_tree const machine;
  machine.file("/etc/x.conf", "[www]\nlisten = /run/x.sock\n");
  machine.process({10, 1, "php-fpm8.2\0-F\0-y\0/etc/x.conf"s, "/usr/sbin/php-fpm8.2", geteuid(), geteuid()});
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].config == "/etc/x.conf");
  CHECK(masters[0].pools.size() == 1);
}

TEST_CASE("workers of a process that is not believed belong to nobody") {
  test::machine_tree const machine;
  machine.worker(20, 7, "www");
  CHECK(find(machine).empty());
}

TEST_CASE("a configuration that is a FIFO, a directory, or too large is not read") {
  test::machine_tree const machine;
  machine.file("/etc/large.conf", std::string((1 << 20) + 1, ';'));
  machine.file("/etc/directory.conf/x", "");
  REQUIRE(mkfifo(machine.path("/etc/fifo.conf").c_str(), 0600) == 0);
  machine.file("/etc/includes.conf", "include=/etc/fifo.conf\n[www]\nlisten = 9000\n");
  machine.master(10, "/etc/large.conf", "/usr/sbin/php-fpm8.2");
  machine.master(11, "/etc/directory.conf", "/usr/sbin/php-fpm8.2");
  machine.master(12, "/etc/fifo.conf", "/usr/sbin/php-fpm8.2");
  machine.master(13, "/etc/includes.conf", "/usr/sbin/php-fpm8.2");
  auto const masters = find(machine);
  REQUIRE(masters.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) CHECK(masters[i].pools.empty());
  CHECK(masters[3].pools.size() == 1);
}

TEST_CASE("a configuration on which somebody holds a lease is not waited for") {
  test::machine_tree const machine;
  machine.file("/etc/leased.conf", "[www]\nlisten = 9000\n");
  machine.master(10, "/etc/leased.conf", "/usr/sbin/php-fpm8.2");
  std::signal(SIGIO, SIG_IGN);
  base::unique_fd const held(open(machine.path("/etc/leased.conf").c_str(), O_RDWR | O_CLOEXEC));
  if (fcntl(held.get(), F_SETLEASE, F_WRLCK) != 0) return test::skip("the file system has no leases");
  auto const start = std::chrono::steady_clock::now();
  auto const masters = find(machine);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].pools.empty());
}

TEST_CASE("a table of garbage is survived") {
  using namespace std::string_literals;
  test::machine_tree const machine;
  machine.file("/proc/net/unix",
               "\0\0\n: :\n"s + std::string(100000, 'x') + "\nNum\n0: 0 0 10000 1 1 99999999999999999999 \n");
  machine.file("/proc/net/tcp", "header\n 0: 0:99999999 0:0 0A\n");
  machine.file("/proc/net/tcp6", "header\n 0: 00:1 x 0A 0:0 0:0 0 0 0 1\n");
  machine.file("/proc/77/cmdline", "php-fpm: master process (");
  machine.file("/proc/77/status", "Uid:\tx\n");
  CHECK(find(machine).empty());
}

TEST_CASE("a master in a container is read, and reached, inside its root directory") {
  test::machine_tree const machine;
  machine.file("/etc/php-fpm.conf", "[outside]\nlisten = /run/x.sock\n");
  machine.file("/box/real/php-fpm.conf", "[inside]\nlisten = /run/x.sock\n");
  machine.link("/box/etc", "/real");  // leads to /etc/real of the machine, or to /box/real
  machine.master(10, "/etc/php-fpm.conf", "/usr/sbin/php-fpm");
  machine.file("/proc/10/mountinfo", "99 1 0:50 / / rw - overlay overlay rw\n");
  machine.link("/proc/10/root", machine.path("/box"));
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].elsewhere);
  REQUIRE(masters[0].pools.size() == 1);
  CHECK(masters[0].pools[0].name == "inside");
  CHECK(masters[0].pools[0].endpoint->text() == machine.path("/proc/10/root/run/x.sock"));
}

TEST_CASE("a port in another network namespace is told with it, and with the way in") {
  test::machine_tree const machine;
  machine.file("/etc/x.conf", "[www]\nlisten = 9000\n");
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  machine.link("/proc/self/ns/net", "net:[1]");
  machine.link("/proc/10/ns/net", "net:[2]");
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  REQUIRE(masters[0].pools.size() == 1);
  fpm::pool const& pool = masters[0].pools[0];
  CHECK_FALSE(pool.endpoint);
  auto const why = fpm::why_not(pool);
  REQUIRE(why);
  CHECK(why->kind() == error_kind::unreachable);
  CHECK(why->message() == "it listens on 127.0.0.1:9000 in a network namespace of its own (a container)");
  CHECK(why->hint().find("nsenter -t 10 -n cachetool ... --fcgi=127.0.0.1:9000") != std::string::npos);
}

TEST_CASE("a master in a container that may not be entered gets no address of this machine's") {
  test::machine_tree const machine;
  machine.file("/etc/x.conf", "[www]\nlisten = " + std::string(GENERATE("9000", "/run/php/www.sock")) + "\n");
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  machine.worker(11, 10, "www");
  auto const listener = test::listening_socket(machine.path("/run/php/www.sock"), true);
  SECTION("by its mounts") {
    machine.file("/proc/10/mountinfo", "99 1 0:50 / / rw - overlay overlay rw\n");
  }
  SECTION("by its pid namespace") {
    machine.file("/proc/10/mountinfo", "99 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
    machine.link("/proc/self/ns/pid", "pid:[1]");
    machine.link("/proc/10/ns/pid", "pid:[2]");
  }
  auto const masters = find(machine);
  REQUIRE_FALSE(masters.empty());
  CHECK(masters[0].self.pid == 10);
  CHECK(masters[0].contained);
  CHECK_FALSE(fpm::is_own(masters[0], geteuid()));
  REQUIRE(masters[0].pools.size() == 1);
  CHECK(masters[0].pools[0].name == "www");
  CHECK_FALSE(masters[0].pools[0].endpoint);
}

TEST_CASE("a service with mounts of its own is no container, and is reached where the mount tables say that it is") {
  test::machine_tree const machine;
  machine.file("/etc/x.conf", "[www]\nlisten = /run/php/www.sock\n[hidden]\nlisten = /tmp/hidden.sock\n");
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  machine.file("/proc/10/mountinfo", "99 1 8:1 / / rw - ext4 /dev/sda1 rw\n98 1 8:1 /private /tmp rw - ext4 x rw\n");
  auto const listener = test::listening_socket(machine.path("/run/php/www.sock"), true);
  auto const other = test::listening_socket(machine.path("/tmp/hidden.sock"), true);
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].elsewhere);
  CHECK_FALSE(masters[0].contained);
  CHECK(fpm::is_own(masters[0], geteuid()));
  REQUIRE(masters[0].pools.size() == 2);
  CHECK(masters[0].pools[0].endpoint->text() == "/run/php/www.sock");
  CHECK_FALSE(masters[0].pools[1].endpoint);
}

TEST_CASE("a master of which nothing tells in what pid namespace it is may be in a container, and is nobody's own") {
  test::machine_tree const machine;
  machine.file("/etc/x.conf", "[www]\nlisten = /run/php/www.sock\n");
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  auto const listener = test::listening_socket(machine.path("/run/php/www.sock"), true);
  SECTION("by the links of its namespaces") {
    machine.link("/proc/self/ns/pid", "pid:[1]");
  }
  SECTION("by its status") {
    machine.file("/proc/self/status", "NSpid:\t5\n");
  }
  auto const masters = find(machine);
  REQUIRE_FALSE(masters.empty());
  CHECK(masters[0].self.pid == 10);
  CHECK_FALSE(masters[0].contained);
  CHECK(masters[0].may_be_contained);
  CHECK_FALSE(fpm::is_own(masters[0], geteuid()));
  REQUIRE(masters[0].pools.size() == 1);
  CHECK_FALSE(masters[0].pools[0].endpoint);
}

TEST_CASE("where the kernel tells nobody of pid namespaces, a master is the machine's own") {
  test::machine_tree const machine;
  machine.file("/etc/x.conf", "[www]\nlisten = 9000\n");
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  machine.file("/proc/self/status", "Name:\tcachetool\n");
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  CHECK_FALSE(masters[0].may_be_contained);
  CHECK(fpm::is_own(masters[0], geteuid()));
}

TEST_CASE("a master of a third user is found, and is nobody's own") {
  test::machine_tree const machine;
  machine.process({10, 1, "php-fpm: master process (/home/eve/x.conf)", "/usr/sbin/php-fpm8.2", 4711, 4711});
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  CHECK_FALSE(fpm::is_own(masters[0], geteuid()));
  CHECK(fpm::is_own(masters[0], 4711));
}

TEST_CASE("a socket that the kernel's table does not have is connected to before it is called stale") {
  test::machine_tree const machine;
  machine.file("/etc/x.conf", "[www]\nlisten = /run/php/www.sock\n");
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  auto const listener = test::listening_socket(machine.path("/run/php/www.sock"), true);
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].pools.at(0).reach == fpm::access::reachable);
}

TEST_CASE("include lines of hostile patterns and thousands of names take no more than the time that they are given") {
  test::machine_tree const machine;
  std::string lines;
  for (int i = 0; i < 500; ++i) lines += "include = /many/*" + std::to_string(i) + "x*/*.conf\n";
  for (int i = 0; i < 3000; ++i) machine.file("/many/" + std::to_string(i), "");
  machine.file("/etc/x.conf", lines + "[www]\nlisten = 9000\n");
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  auto const start = std::chrono::steady_clock::now();
  auto const masters = find(machine);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].pools.at(0).name == "www");
}

TEST_CASE("many processes that look like a master that is reloaded are waited for together") {
  test::machine_tree const machine;
  for (int i = 0; i < 300; ++i) {
    std::string const of = "/proc/" + std::to_string(1000 + i);
    machine.process({1000 + i, 1, "", "/usr/sbin/php-fpm8.2", geteuid(), geteuid()});
    machine.file(of + "/cmdline", "");
    machine.file(of + "/comm", "php-fpm8.2\n");
  }
  auto const start = std::chrono::steady_clock::now();
  CHECK(find(machine).empty());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

TEST_CASE("a look that takes too long is an error, and not half a list") {
  test::machine_tree const machine;
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  auto where = machine.where_to_look();
  where.patience = std::chrono::milliseconds{0};
  try {
    static_cast<void>(fpm::find_masters(where));
    FAIL("no error");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::timeout);
  }
}

TEST_CASE("a look that is interrupted says so") {
  test::machine_tree const machine;
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  base::unique_fd const read_end(ends[0]);
  base::unique_fd const write_end(ends[1]);
  REQUIRE(write(write_end.get(), "x", 1) == 1);
  machine.process({10, 1, "", "/usr/sbin/php-fpm8.2", geteuid(), geteuid()});
  machine.file("/proc/10/cmdline", "");
  machine.file("/proc/10/comm", "php-fpm8.2\n");
  auto where = machine.where_to_look();
  where.interrupt_fd = read_end.get();
  try {
    static_cast<void>(fpm::find_masters(where));
    FAIL("no error");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::interrupted);
  }
}

TEST_CASE("a read below /proc that fails for want of a descriptor is an error, and not a master less") {
  test::machine_tree const machine;
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  test::few_descriptors const limit;
  try {
    static_cast<void>(fpm::find_masters(machine.where_to_look()));
    FAIL("no error");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::no_resources);
    CHECK(failed.message().find("Too many open files") != std::string::npos);
  }
}

TEST_CASE("hundreds of sockets whose backlog is full take no more than their part of the time") {
  test::machine_tree const machine;
  constexpr int most = 300;
  std::vector<base::unique_fd> open;
  for (int i = 0; i < most; ++i) {
    std::string const path = machine.path("/run/php/" + std::to_string(i) + ".sock");
    REQUIRE(listen(open.emplace_back(test::listening_socket(path, true)).get(), 0) == 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    open.emplace_back(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    REQUIRE(connect(open.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  auto const began = std::chrono::steady_clock::now();
  auto const found = fpm::find_masters(machine.where_to_look());
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{4});  // 50 ms for each would be 15 s
  CHECK(found.size() == most);
  CHECK(found.front().pools.front().reach == fpm::access::saturated);
}

TEST_CASE("with any number of descriptors a look finds all pools, or is an error") {
  test::machine_tree const machine;
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  machine.file("/etc/x.conf", "include=/etc/pool.d/*.conf\n");
  machine.file("/etc/pool.d/a.conf", "[a]\nlisten = /run/a.sock\n");
  machine.file("/etc/pool.d/b.conf", "[b]\nlisten = /run/b.sock\n");
  REQUIRE(fpm::find_masters(machine.where_to_look()).front().pools.size() == 2);
  for (unsigned left = 0; left < 12; ++left) {
    CAPTURE(left);
    std::vector<fpm::master> found;
    std::optional<error_kind> failed;
    {
      test::few_descriptors const limit(left);
      try {
        found = fpm::find_masters(machine.where_to_look());
      } catch (error const& why) {
        failed = why.kind();
      }
    }
    bool const is_all = found.size() == 1 && found.front().pools.size() == 2;
    CHECK((is_all || failed == error_kind::no_resources));
  }
}

TEST_CASE("a worker that was forked just now is waited for until it has its title") {
  test::machine_tree const machine;
  machine.master(10, "/x.conf", "/usr/sbin/php-fpm8.2");
  machine.process({11, 10, "php-fpm: master process (/x.conf)", "/usr/sbin/php-fpm8.2", geteuid(), geteuid()});
  std::thread title([&machine] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    machine.file("/proc/11/cmdline", "php-fpm: pool www");
  });
  auto const masters = find(machine);
  title.join();
  REQUIRE(masters.size() == 1);
  REQUIRE(masters[0].pools.size() == 1);
  CHECK(masters[0].pools[0].name == "www");
}

TEST_CASE("a socket is one, though it was bound by another path than the configuration's") {
  test::machine_tree const machine;
  machine.link("/var/run", "../run");
  machine.file("/etc/x.conf", "[www]\nlisten = /var/run/php/www.sock\n");
  machine.unix_sockets({"/run/php/www.sock"});
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  auto const listener = test::listening_socket(machine.path("/run/php/www.sock"), true);
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  REQUIRE(masters[0].pools.size() == 1);
  CHECK(masters[0].pools[0].endpoint->text() == "/var/run/php/www.sock");
  CHECK(masters[0].pools[0].reach == fpm::access::reachable);
}

TEST_CASE("a made-up line for a pool's socket in the kernel's table leads nobody elsewhere") {
  test::machine_tree const machine;
  machine.file("/etc/x.conf", "[www]\nlisten = /run/php/www.sock\n");
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  machine.file("/proc/10/task/10/children", "11 ");
  machine.worker(11, 10, "www", 33);
  machine.link("/proc/10/fd/7", "socket:[1001]");
  machine.link("/proc/11/fd/7", "socket:[1001]");
  // Somebody's abstract socket has a line break in its name, and this behind it.
  std::string const made_up = "0: 00000002 00000000 00010000 0001 01 1001 /home/eve/www.sock\n";
  std::string const true_one = "0: 00000002 00000000 00010000 0001 01 1001 /run/php/www.sock\n";
  auto const listener = test::listening_socket(machine.path("/run/php/www.sock"), true);
  auto const text = GENERATE_COPY(made_up + true_one, true_one + made_up);
  machine.file("/proc/net/unix", "Num       RefCount Protocol Flags    Type St Inode Path\n" + text);
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  REQUIRE(masters[0].pools.size() == 1);
  CHECK(masters[0].pools[0].endpoint->text() == "/run/php/www.sock");
  CHECK(masters[0].pools[0].reach == fpm::access::reachable);
}

TEST_CASE("a socket that nobody listens on is stale, with its master and without") {
  test::machine_tree const machine;
  machine.file("/etc/x.conf", "[www]\nlisten = /run/php/www.sock\n");
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  auto const left_behind = test::listening_socket(machine.path("/run/php/www.sock"), false);
  auto const older = test::listening_socket(machine.path("/run/php/php7.4-fpm.sock"), false);
  auto const masters = find(machine);
  REQUIRE(masters.size() == 2);
  CHECK(masters[0].pools[0].reach == fpm::access::stale);
  CHECK(masters[1].self.pid == 0);
  CHECK(masters[1].version == "7.4");
  CHECK(masters[1].pools[0].endpoint->text() == "/run/php/php7.4-fpm.sock");
  CHECK(masters[1].pools[0].reach == fpm::access::stale);
}

TEST_CASE("where processes are hidden, sockets in the usual places and configurations that are in force tell") {
  test::machine_tree const machine;
  machine.file("/proc/1/cmdline", "");
  machine.file("/etc/php/8.2/fpm/php-fpm.conf", "[www]\nlisten = /run/php/www.sock\n");
  machine.file("/etc/php/8.1/fpm/php-fpm.conf", "[idle]\nlisten = /run/php/idle.sock\n");
  machine.unix_sockets({"/run/php/www.sock"});
  auto const listener = test::listening_socket(machine.path("/run/php/www.sock"), true);
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].config == "/etc/php/8.2/fpm/php-fpm.conf");
  CHECK(masters[0].self.pid == getpid());
  REQUIRE(masters[0].pools.size() == 1);
  CHECK(masters[0].pools[0].name == "www");
  CHECK(masters[0].pools[0].reach == fpm::access::reachable);
}

TEST_CASE("what can be seen to be another program is not taken for php-fpm by its socket") {
  test::machine_tree const machine;
  machine.file("/proc/" + std::to_string(getpid()) + "/cmdline", "/usr/bin/exporter");
  auto const listener = test::listening_socket(machine.path("/run/php/exporter.sock"), true);
  CHECK(find(machine).empty());
}

TEST_CASE("a port is reachable if its listener belongs to the master's user") {
  test::machine_tree const machine;
  machine.file("/etc/x.conf", "[a]\nlisten = 9000\n[b]\nlisten = 9001\n[c]\nlisten = 9002\n");
  machine.master(10, "/etc/x.conf", "/usr/sbin/php-fpm8.2");
  std::string const mine = std::to_string(geteuid());
  machine.file("/proc/net/tcp",
               "  sl  local_address rem_address\n"
               "   0: 00000000:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000 " +
                   mine +
                   " 0 5001 1\n"
                   "   1: 0100007F:2329 00000000:0000 0A 00000000:00000000 00:00000000 00000000 54321 0 5002 1\n");
  auto const masters = find(machine);
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].pools[0].reach == fpm::access::reachable);
  CHECK(masters[0].pools[1].reach == fpm::access::absent);
  CHECK(masters[0].pools[2].reach == fpm::access::absent);
}
