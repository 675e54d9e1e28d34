// fpm:list as different users see it.
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/php_fpm.hpp"
#include "support/program.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::is_root;

namespace {

uid_t user(char const* name) {
  passwd const* const found = getpwnam(name);
  return found == nullptr ? 65534 : found->pw_uid;
}

// What fpm:list says of the pools of one master, by name, to a user.
std::map<std::string, nlohmann::json> list(test::php_fpm const& server, std::optional<uid_t> as = {}) {
  test::program_options options;
  options.user = as;
  auto const result = test::run_program({"fpm:list", "--format=json"}, options);
  CAPTURE(result.err);
  REQUIRE(result.exit_code == 0);
  std::map<std::string, nlohmann::json> pools;
  auto const listed = nlohmann::json::parse(result.out);
  for (auto const& target : listed.at("targets")) {
    if (target.at("result").at("pid") == server.pid()) pools[target.at("pool")] = target;
  }
  return pools;
}

}  // namespace

TEST_CASE("each pool is a row with its version, its master and its endpoint") {
  test::php_fpm const server({.pools = {{.name = "one"}, {.name = "two", .pm = "ondemand"}}});
  auto const table = test::run_program({"fpm:list"});
  CHECK(table.exit_code == 0);
  CHECK(table.out.find("| PHP ") != std::string::npos);
  CHECK(table.out.find("| " + std::to_string(server.pid()) + " ") != std::string::npos);
  CHECK(table.out.find(server.endpoint("two").text()) != std::string::npos);
  auto const csv = test::run_program({"fpm:list", "--format=csv"});
  CHECK(csv.out.starts_with("endpoint,pool,php,pid,config,user,workers,reach,sites\n"));
  CHECK(csv.out.find(server.endpoint("one").text() + ",one," + test::php_fpm::version()) != std::string::npos);
}

TEST_CASE("root and the pool's user and nobody see the same pools, and each what it may reach") {
  if (!is_root()) return test::skip("needs root");
  test::php_fpm const server({.pools = {{.name = "open", .lines = {"listen.mode = 0666"}},
                                        {.name = "closed", .lines = {"listen.owner = www-data", "listen.mode = 0600"}},
                                        {.name = "tcp", .listen = "127.0.0.1:0"}}});
  auto const as_root = list(server);
  auto const as_user = list(server, user("www-data"));
  auto const as_nobody = list(server, user("nobody"));
  for (std::string const name : {"open", "closed", "tcp"}) {
    CAPTURE(name);
    CHECK(as_root.at(name).at("ok") == true);
    CHECK(as_user.at(name).at("ok") == true);
    CHECK(as_nobody.at(name).at("endpoint") == server.endpoint(name).text());
  }
  CHECK(as_nobody.at("open").at("ok") == true);
  CHECK(as_nobody.at("closed").at("result").at("reach") == "forbidden");
  CHECK(as_nobody.at("closed").at("error").at("kind") == "forbidden");
  CHECK(as_nobody.at("closed").at("error").at("message").get<std::string>().find("0600") != std::string::npos);
}

TEST_CASE("a pool that takes no clients from here is told with the line that says so") {
  test::php_fpm const server(
      {.pools = {{.name = "www"},
                 {.name = "tcp", .listen = "127.0.0.1:0", .lines = {"listen.allowed_clients = 192.0.2.1"}}}});
  auto const pools = list(server);
  CHECK(pools.at("tcp").at("result").at("reach") == "forbidden");
  CHECK(pools.at("tcp").at("error").at("message") == "'listen.allowed_clients = 192.0.2.1' does not name 127.0.0.1");
}

TEST_CASE("the sites that a pool's configuration names are shown with -v, and as data, without a request") {
  test::php_fpm const server(
      {.pools = {{.name = "named",
                  .lines = {"chdir = /", "php_admin_value[open_basedir] = /srv/shop/:/tmp:/srv/blog",
                            "php_value[doc_root] = /srv/shop/current"}},
                 {.name = "silent", .pm = "ondemand"}}});
  auto const pools = list(server);
  CHECK(pools.at("named").at("result").at("sites") ==
        nlohmann::json::array({"/srv/blog", "/srv/shop", "/srv/shop/current"}));
  CHECK(pools.at("silent").at("result").at("sites") == nlohmann::json::array());
  auto const table = test::run_program({"fpm:list", "-v"});
  CHECK(table.out.find("| Reachable ") < table.out.find("| Sites "));
  CHECK(table.out.find("| /srv/blog, /srv/shop, /srv/shop/current |") != std::string::npos);
  CHECK(test::run_program({"fpm:list"}).out.find("Sites") == std::string::npos);
  CHECK(test::run_program({"fpm:list", "--format=csv"}).out.find(",/srv/blog:/srv/shop:/srv/shop/current\n") !=
        std::string::npos);
  CHECK(server.workers().size() == 2);  // the ondemand pool has none
}

TEST_CASE("a shell is offered the pools that are found, and no name that it could run") {
  test::php_fpm const server({.pools = {{.name = "wanted-1"},
                                        {.name = "wanted$(id)", .listen = "127.0.0.1:0"},
                                        {.name = "wanted`id`", .listen = "127.0.0.1:0"}}});
  auto const offered = test::run_program({"_complete", "--", "opcache:status", "--pool=wanted"});
  CHECK(offered.exit_code == 0);
  CHECK(offered.out == "words\n--pool=wanted-1\n");
}
