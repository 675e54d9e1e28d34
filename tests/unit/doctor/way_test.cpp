#include "doctor/way_checks.hpp"

#include "advice/subject.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::doctor;

namespace {

bool contains(std::string const& text, std::string const& part) {
  return text.find(part) != std::string::npos;
}

seen_way to_a_socket() {
  seen_way seen;
  seen.where = fastcgi::endpoint::parse("/run/php.sock");
  seen.host = test::with_pools({test::pool_with("www", {{"pm.max_children", "2"}})});
  seen.socket = socket_look{"www-data (uid 33)", "www-data (gid 33)", 0660};
  seen.caller = "uid 1000";
  seen.master_user = "root (uid 0)";
  seen.worker = 4711;
  seen.worker_user = "www-data (uid 33)";
  seen.agent_path = "/dev/shm/cachetool-1000-ab/cd.php";
  return seen;
}

std::vector<std::string> steps(std::vector<finding> const& found) {
  std::vector<std::string> names;
  for (finding const& each : found) names.emplace_back(each.step);
  return names;
}

}  // namespace

TEST_CASE("a whole way is four steps that are ok") {
  auto const found = check_way(to_a_socket(), std::nullopt);
  REQUIRE(steps(found) == std::vector<std::string>{"find", "connect", "place", "run"});
  CHECK(worst(found) == level::ok);
  CHECK(found[0].what.message == "php-fpm 8.2.36, master 812 of root (uid 0), /etc/fpm.conf, pool www");
  CHECK(found[1].what.message ==
        "/run/php.sock, of www-data (uid 33) and the group www-data (gid 33), mode 0660, lets uid 1000 in");
  CHECK(found[2].what.message == "the agent is run from /dev/shm");
  CHECK(found[3].what.message == "worker 4711 of www-data (uid 33) answered in 0.0 ms");
}

TEST_CASE("a walk ends with the step that failed, and shows those before") {
  seen_way const seen = to_a_socket();
  auto const stale = error(error_kind::stale, "nobody listens").during(phase::connect);
  CHECK(steps(check_way(seen, stale)) == std::vector<std::string>{"find", "connect"});
  error const invisible(error_kind::not_visible, "php-fpm cannot see /tmp/x");
  CHECK(steps(check_way(seen, invisible)) == std::vector<std::string>{"find", "connect", "place"});
  auto const died = error(error_kind::worker_died, "closed").during(phase::receive);
  auto const found = check_way(seen, died);
  CHECK(steps(found) == std::vector<std::string>{"find", "connect", "place", "run"});
  CHECK(found.back().what.how == level::failure);
  CHECK(found[2].what.how == level::ok);
}

TEST_CASE("a timeout is about the connection before the agent was placed, and about the run after") {
  seen_way seen = to_a_socket();
  auto const late = error(error_kind::timeout, "no answer within 2 s").during(phase::receive);
  CHECK(stage_of(late, seen) == stage::run);
  seen.agent_path.clear();
  CHECK(stage_of(late, seen) == stage::connect);
  CHECK(stage_of(error(error_kind::timeout, "no connection").during(phase::connect), to_a_socket()) == stage::connect);
}

TEST_CASE("places that did not serve are a note, one that was named a warning") {
  seen_way seen = to_a_socket();
  seen.refused.push_back({error(error_kind::not_visible, "php-fpm cannot see /dev/shm/x"), false});
  CHECK(check_way(seen, {})[2].what.how == level::note);
  CHECK(contains(check_way(seen, {})[2].what.message, "before that: php-fpm cannot see /dev/shm/x"));
  seen.refused.push_back({error(error_kind::placement, "cannot use /srv").advise("another"), true});
  CHECK(check_way(seen, {})[2].what.how == level::warning);
  CHECK(check_way(seen, {})[2].what.hint == "another");
}

TEST_CASE("a place where nothing could be put is not told, unless it was named") {
  seen_way seen = to_a_socket();
  seen.refused.push_back({error(error_kind::placement, "php-fpm sees another /run/cachetool"), false});
  CHECK(check_way(seen, {})[2].what.message == "the agent is run from /dev/shm");
}

TEST_CASE("a kept agent is told by its directory, an installed one by its path, a chroot by its name") {
  seen_way seen = to_a_socket();
  seen.agent_path = "/run/cachetool/" + std::string(64, 'a') + ".php";
  CHECK(check_way(seen, {})[2].what.message == "the agent is run from /run/cachetool");
  seen.agent_path = "/usr/share/cachetool/agent.php";
  CHECK(check_way(seen, {})[2].what.message == "the agent is run from /usr/share/cachetool/agent.php");
  seen.agent_path = "/cachetool-0-ab/cd.php";
  seen.host->master.pools[0].config["chroot"].value = "/srv/jail";
  CHECK(contains(check_way(seen, {})[2].what.message, "from /, in the root directory /srv/jail"));
}

TEST_CASE("who listens may be unknown, guessed, or found without a way to it") {
  seen_way seen = to_a_socket();
  seen.host.reset();
  CHECK(check_way(seen, {})[0].what.how == level::note);
  seen.guessed = true;
  CHECK(contains(check_way(seen, {})[0].what.message, "127.0.0.1:9000 is tried"));
  seen_way blocked;
  blocked.who = "a pool of php-fpm 8.1 (master 7)";
  auto const found = check_way(blocked, error(error_kind::unreachable, "nothing tells where"));
  CHECK(steps(found) == std::vector<std::string>{"find", "connect"});
  CHECK(found[0].what.message == blocked.who);
}

TEST_CASE("of a web site there is one step") {
  CHECK(steps(check_way(seen_way{}, std::nullopt)) == std::vector<std::string>{"run"});
}

TEST_CASE("what php-fpm wrote meanwhile is a note") {
  seen_way seen = to_a_socket();
  seen.said = "PHP Warning: something";
  CHECK(check_way(seen, {})[3].what.how == level::note);
}
