#include "fpm/discovery.hpp"

#include "machine_tree.hpp"
#include "support/catch.hpp"

using namespace cachetool;

namespace {

std::vector<fpm::master> find(test::machine_tree const& machine) {
  return fpm::find_masters(machine.surroundings());
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
