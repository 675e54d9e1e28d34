// Several php-fpm in one command: worked on at the same time, shown in order.

#include <unistd.h>
#include <algorithm>
#include <csignal>

#include <nlohmann/json.hpp>

#include "fpm/processes.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

using namespace std::chrono_literals;

std::string address(php_fpm const& server, std::string const& pool = "www") {
  return "--fcgi=" + server.endpoint(pool).text();
}

fpm_options two_pools() {
  fpm_options options;
  options.pools = {fpm_pool{.name = "www"}, fpm_pool{.name = "shop"}};
  return options;
}

/// Masters with a pool that no other php-fpm of this machine has: what is found by that name is only these.
struct same_pool_name {
  std::string name = "cachetool-test-" + std::to_string(getpid());
  std::string option = "--pool=" + name;

  [[nodiscard]] fpm_options options(std::string const& other_pool = {}) const {
    fpm_options out;
    out.pools = {fpm_pool{.name = name, .lines = {"listen.mode = 0666"}}};
    if (!other_pool.empty()) out.pools.push_back(fpm_pool{.name = other_pool, .lines = {"listen.mode = 0666"}});
    return out;
  }
};

std::int64_t restarts(php_fpm const& server, std::string const& pool) {
  auto const script = server.write_script(
      "restarts.php", "<?php echo opcache_get_status(false)['opcache_statistics']['manual_restarts'];");
  return std::stoll(run_script(server, script, pool).body);
}

std::string const nowhere = "--fcgi=/tmp/cachetool-test-no-such.sock";

/// A php-fpm and its workers that do nothing for as long as this lives.
class stopped {
 public:
  explicit stopped(pid_t master) : all_(fpm::children(fpm::proc(), master).value_or({})) {
    all_.push_back(master);
    for (pid_t const pid : all_) kill(pid, SIGSTOP);
  }
  stopped(stopped const&) = delete;
  stopped& operator=(stopped const&) = delete;
  ~stopped() {
    for (pid_t const pid : all_) kill(pid, SIGCONT);
  }

 private:
  std::vector<pid_t> all_;
};

}  // namespace

TEST_CASE("each of several targets has its own line, in the order of the command line") {
  php_fpm const first;
  php_fpm const second;
  auto const result = run_program({"opcache:reset", address(second), address(first)});
  auto const at_second = result.out.find(second.endpoint().text() + " (pool www): OPcache reset, confirmed");
  auto const at_first = result.out.find("\n" + first.endpoint().text() + " (pool www): OPcache reset, confirmed");
  CHECK(at_second == 0);
  CHECK(at_first != std::string::npos);
  CHECK(result.exit_code == 0);
  CHECK(restarts(first) == 1);
  CHECK(restarts(second) == 1);
}

TEST_CASE("several targets are worked on at the same time: a busy one does not keep the others waiting") {
  php_fpm const busy{one_pool({}, 1)};
  php_fpm const idle;
  evaluate(idle, "return apcu_store('kept', 1);");
  long_request const running(busy, 20s);
  program command({"apcu:cache:clear", address(busy), address(idle)});
  bool cleared = false;
  for (int i = 0; i < 500 && !cleared; ++i) cleared = !evaluate(idle, "return apcu_exists('kept');").as_bool();
  CHECK(cleared);
  command.signal(SIGTERM);
  CHECK(command.finish().exit_code == 143);
}

TEST_CASE("two pools of one master, named both, are reset once, and both lines are printed") {
  php_fpm const server{two_pools()};
  auto const result = run_program({"opcache:reset", address(server), address(server, "shop")});
  CHECK(contains(result.out, server.endpoint("www").text() + " (pool www): OPcache reset, confirmed"));
  CHECK(contains(result.out, server.endpoint("shop").text() + " (pool "));
  CHECK(result.exit_code == 0);
  CHECK(restarts(server) == 1);
}

TEST_CASE("a target that fails does not end the others, and the largest exit code tells") {
  php_fpm const server;
  auto const result = run_program({"opcache:reset", nowhere, address(server)});
  CHECK(contains(result.err, "no such socket"));
  CHECK(contains(result.out, "OPcache reset, confirmed"));
  CHECK(result.exit_code == 3);
}

TEST_CASE("in JSON several targets are one document, whether they fail or not") {
  php_fpm const server{two_pools()};
  auto const result =
      run_program({"opcache:reset", "--format=json", address(server), nowhere, address(server, "shop")});
  auto const targets = nlohmann::json::parse(result.out).at("targets");
  REQUIRE(targets.size() == 3);
  int done = 0;
  for (auto const& target : targets) done += target.at("ok") == true ? 1 : 0;
  CHECK(done == 2);
}

TEST_CASE("in CSV several targets stand below one header") {
  php_fpm const first;
  php_fpm const second;
  auto const result = run_program({"opcache:status", "--format=csv", address(first), address(second)});
  CHECK(std::count(result.out.begin(), result.out.end(), '\n') == 3);
  CHECK(result.out.rfind("endpoint,", 0) == 0);
  CHECK(result.out.find("endpoint,", 1) == std::string::npos);
}

TEST_CASE("without an address every master is found, and reset once however many pools it has") {
  same_pool_name const names;
  php_fpm const one{names.options("other")};
  php_fpm const two{names.options()};
  auto const result = run_program({"opcache:reset", names.option});
  CHECK(contains(result.out, one.endpoint(names.name).text() + " (pool " + names.name + "): OPcache reset, confirmed"));
  CHECK(contains(result.out, two.endpoint(names.name).text() + " (pool " + names.name + "): OPcache reset, confirmed"));
  CHECK(result.exit_code == 0);
  CHECK(restarts(one, names.name) == 1);
  CHECK(restarts(two, names.name) == 1);
}

TEST_CASE("a command that wants one php-fpm lists the two that it finds, and sends nothing") {
  same_pool_name const names;
  php_fpm const one{names.options()};
  php_fpm const two{names.options()};
  auto const command = GENERATE(as<std::vector<std::string>>{}, std::vector<std::string>{"php:eval", "-r", "return 1;"},
                                std::vector<std::string>{"apcu:key:store", "a", "b"});
  auto arguments = command;
  arguments.push_back(names.option);
  auto const result = run_program(arguments);
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  CHECK(contains(result.err, one.endpoint(names.name).text()));
  CHECK(contains(result.err, two.endpoint(names.name).text()));
}

TEST_CASE("--all lets such a command work on both") {
  same_pool_name const names;
  php_fpm const one{names.options()};
  php_fpm const two{names.options()};
  CHECK(run_program({"apcu:key:store", "a", "b", "--all", names.option}).exit_code == 0);
  for (auto const* server : {&one, &two}) {
    CHECK(run_program({"apcu:key:exists", "a", address(*server, names.name)}).exit_code == 0);
  }
}

TEST_CASE("a third user's php-fpm is nobody's default: listed, and acted on where it alone is meant") {
  if (!is_root()) return skip("needs root");
  same_pool_name const names;
  auto options = names.options();
  php_fpm const own{options};
  options.user = pool_user();
  php_fpm const third{options};
  SECTION("what is meant is root's") {
    auto const result = run_program({"opcache:reset", names.option});
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, own.endpoint(names.name).text()));
    CHECK_FALSE(contains(result.out, third.endpoint(names.name).text()));
    CHECK(restarts(own, names.name) == 1);
    CHECK(restarts(third, names.name) == 0);
  }
  SECTION("for its own user both are") {
    auto const result = run_program({"opcache:reset", names.option}, as_pool_user());
    CHECK(result.exit_code == 0);
    CHECK(restarts(own, names.name) == 1);
    CHECK(restarts(third, names.name) == 1);
  }
  SECTION("with --all both are") {
    CHECK(run_program({"opcache:reset", "--all", names.option}).exit_code == 0);
    CHECK(restarts(third, names.name) == 1);
  }
  SECTION("it is listed, with the words that name it") {
    auto const result = run_program({"fpm:list"});
    CHECK(contains(result.out, third.endpoint(names.name).text()));
    CHECK(contains(result.err, "(master " + std::to_string(third.pid()) +
                                   ") was started by another user: a command means it only where it is named: --fcgi=" +
                                   third.endpoint(names.name).text()));
    CHECK_FALSE(contains(result.err, "(master " + std::to_string(own.pid()) + ") was started"));
  }
}

TEST_CASE("a third user's php-fpm that does not answer keeps root from nothing") {
  if (!is_root()) return skip("needs root");
  same_pool_name const names;
  auto options = names.options();
  php_fpm const own{options};
  options.user = pool_user();
  php_fpm const third{options};
  stopped const silent(third.pid());
  auto const began = std::chrono::steady_clock::now();
  auto const result = run_program({"opcache:reset", names.option});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(restarts(own, names.name) == 1);
  auto const list = run_program({"fpm:list"});
  INFO(list.err);
  CHECK(contains(list.out, own.endpoint(names.name).text()));
  CHECK(contains(list.out, third.endpoint(names.name).text()));
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{10});  // both, on a busy machine
}

TEST_CASE("a php-fpm in a container is listed, and reset only where it is named") {
  if (!is_root()) return skip("needs root");
  same_pool_name const names;
  auto options = names.options();
  php_fpm const own{options};
  options.own_pids = true;
  php_fpm const contained{options};
  auto const result = run_program({"opcache:reset", names.option});
  CHECK(result.exit_code == 0);
  CHECK(restarts(own, names.name) == 1);
  CHECK(restarts(contained, names.name) == 0);
  auto const listed = nlohmann::json::parse(run_program({"fpm:list", "--format=json"}).out);
  int seen = 0;
  for (auto const& target : listed.at("targets")) {
    if (target.at("result").at("pid") != contained.pid()) continue;
    ++seen;
    CHECK(target.at("result").at("contained") == true);
    CHECK(target.at("result").at("own") == false);
  }
  CHECK(seen == 1);
  CHECK(run_program({"opcache:reset", address(contained, names.name)}).exit_code == 0);
  CHECK(restarts(contained, names.name) == 1);
}

TEST_CASE("an ordinary user's command takes no socket of this machine's for that of a container's php-fpm") {
  if (!is_root()) return skip("needs root");
  same_pool_name const names;
  auto options = names.options();
  options.own_pids = true;
  php_fpm const contained{options};
  auto const listed = nlohmann::json::parse(run_program({"fpm:list", "--format=json"}, as_nobody()).out);
  for (auto const& target : listed.at("targets")) {
    if (target.at("result").at("pid") == contained.pid()) CHECK(target.at("endpoint").is_null());
  }
}

TEST_CASE("who listens on port 9000 is asked only if that is root or the caller") {
  if (!is_root()) return skip("needs root: network and pid namespaces of its own");
  program_options options;
  options.path = "/usr/bin/unshare";
  std::string const listener =
      "ip link set lo up; setpriv --reuid=65534 --clear-groups php -r '$s = "
      "stream_socket_server(\"tcp://127.0.0.1:9000\");"
      " $c = stream_socket_accept($s, 3); if ($c) file_put_contents(\"php://stderr\", fread($c, 100));' & sleep 0.5; ";
  auto const result = run_program({"--net", "--pid", "--fork", "--mount-proc", "/bin/sh", "-c",
                                   listener + built_program() + " php:eval --run='return 1;'"},
                                  options);
  CHECK(result.exit_code == 3);
  CHECK(contains(result.err, "who listens on port 9000 is neither root nor the caller"));
  CHECK_FALSE(contains(result.err, "PHP message"));
}

TEST_CASE("a pool that nobody has is a usage error") {
  auto const result = run_program({"opcache:reset", "--pool=cachetool-test-nobody-has-this"});
  CHECK(result.exit_code == 2);
  CHECK(contains(result.err, "no php-fpm that runs here has a pool cachetool-test-nobody-has-this"));
}

TEST_CASE("--pool and an address contradict each other") {
  auto const result = run_program({"opcache:reset", "--pool=www", "--fcgi=9000"});
  CHECK(result.exit_code == 2);
  CHECK(contains(result.err, "contradict each other"));
}

TEST_CASE(
    "a master that the caller may not reach is an error with --all, and else with its reason if it is the only one") {
  if (!is_root()) return skip("needs root");
  same_pool_name const names;
  auto options = names.options();
  options.pools.front().lines = {"listen.owner = root", "listen.group = root", "listen.mode = 0600"};
  php_fpm const closed{options};
  auto const result = run_program({"opcache:reset", names.option}, as_pool_user());
  CHECK(result.exit_code == 3);
  CHECK(contains(result.err, "permission denied"));
  php_fpm const open{names.options()};
  auto const some = run_program({"opcache:reset", names.option}, as_pool_user());
  CHECK(some.exit_code == 0);
  CHECK(contains(some.err, "is left out: permission denied"));
  auto const all = run_program({"opcache:reset", "--all", names.option}, as_pool_user());
  CHECK(all.exit_code == 3);
  CHECK(contains(all.out, open.endpoint(names.name).text()));
}

TEST_CASE("a directory that does not exist any more is an error, and not one without scripts") {
  php_fpm const server;
  program_options options;
  options.path = "/bin/sh";
  temp_dir const gone;
  auto const result = run_program({"-c", "mkdir " + gone.path() + "/x; cd " + gone.path() + "/x; rmdir ../x; exec " +
                                             built_program() + " opcache:compile:scripts . " + address(server)},
                                  options);
  CHECK(result.exit_code == 2);
  CHECK(contains(result.err, "the current directory does not exist any more"));
}
