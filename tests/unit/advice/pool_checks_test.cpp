#include "advice/subject.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::advice;
using test::healthy;
using test::pool_with;
using test::with_pools;

namespace {

bool contains(std::string const& text, std::string const& part) {
  return text.find(part) != std::string::npos;
}

advice::subject with(std::vector<fpm::pool> pools) {
  auto patient = healthy();
  patient.host = with_pools(std::move(pools));
  return patient;
}

}  // namespace

TEST_CASE("without a master on this machine nothing is said of php-fpm") {
  for (finding const& each : judge(healthy())) CHECK(each.step != "pool");
}

TEST_CASE("pools of one user are ok, of several users a warning twice") {
  auto patient = with({pool_with("a", {{"user", "anna"}}), pool_with("b", {{"user", "anna"}})});
  CHECK(check_users(patient)->how == level::ok);
  CHECK_FALSE(check_permissions(patient));
  patient.host->master.pools[1].config["user"].value = "bert";
  CHECK(check_users(patient)->how == level::warning);
  CHECK(contains(check_users(patient)->message, "anna, bert"));
  CHECK(contains(check_users(patient)->hint, "deploy:switch"));
  CHECK(check_permissions(patient)->how == level::warning);
  patient.php.settings["opcache.validate_permission"] = "1";
  CHECK_FALSE(check_permissions(patient));
}

TEST_CASE("workers that a client holds are a warning with their number") {
  auto patient = with({pool_with("a", {{"pm", "static"}})});
  patient.host->master.pools[0].workers.resize(4);
  CHECK_FALSE(check_held(patient));
  patient.held_workers = 2;
  CHECK(check_held(patient)->how == level::warning);
  CHECK(contains(check_held(patient)->message, "2 of 4 workers wait"));
}

TEST_CASE("a master that is not root's runs all pools as one user, whatever their lines say") {
  auto patient = with({pool_with("a", {{"user", "anna"}}), pool_with("b", {{"user", "bert"}})});
  patient.host->master.self.uid = 1000;
  CHECK_FALSE(check_users(patient));
}

TEST_CASE("one pool has no others to be at odds with") {
  CHECK_FALSE(check_users(with({pool_with("a", {{"user", "anna"}})})));
  CHECK_FALSE(check_other_pools(with({pool_with("a", {{"user", "anna"}})})));
}

TEST_CASE("pools with different roots are a warning unless PHP tells them apart") {
  auto patient = with({pool_with("a", {{"chroot", "/srv/a"}}), pool_with("b", {{"chroot", "/srv/b"}})});
  CHECK(check_roots(patient)->how == level::warning);
  CHECK(contains(check_roots(patient)->message, "/srv/a, /srv/b"));
  patient.php.settings["opcache.validate_root"] = "1";
  CHECK_FALSE(check_roots(patient));
  CHECK_FALSE(check_roots(with({pool_with("a", {{"chroot", "/srv/a"}}), pool_with("b", {{"chroot", "/srv/a"}})})));
}

TEST_CASE("a reload that cuts requests off is a note with the line to write") {
  auto patient = with({pool_with("a", {{"user", "anna"}})});
  CHECK(check_reload(patient)->how == level::note);
  CHECK(check_reload(patient)->hint ==
        "set process_control_timeout = 10s in the section [global] of /etc/fpm.conf, and reload php-fpm");
  patient.host->master.global["process_control_timeout"] = {"10s", "/etc/fpm.conf", 7};
  CHECK(check_reload(patient)->how == level::ok);
  CHECK(contains(check_reload(patient)->message, "10 s"));
}

TEST_CASE("a configuration that cannot be read is said once, and nothing is concluded from it") {
  auto const patient = with({pool_with("a", {})});
  CHECK(check_configuration(patient)->how == level::note);
  CHECK_FALSE(check_reload(patient));
  CHECK_FALSE(check_configuration(with({pool_with("a", {{"pm", "static"}})})));
}

TEST_CASE("limits that disturb are notes") {
  CHECK(check_time_limit(with({pool_with("a", {{"request_terminate_timeout", "3s"}})}))->how == level::note);
  CHECK_FALSE(check_time_limit(with({pool_with("a", {{"request_terminate_timeout", "1m"}})})));
  CHECK(check_max_requests(with({pool_with("a", {{"pm.max_requests", "1"}})}))->how == level::note);
  CHECK_FALSE(check_max_requests(with({pool_with("a", {{"pm.max_requests", "500"}})})));
}

TEST_CASE("other pools that cannot be reached are a note with their names") {
  auto patient = with({pool_with("a", {{"pm", "static"}}), pool_with("b", {{"pm", "static"}})});
  CHECK_FALSE(check_other_pools(patient));
  patient.host->master.pools[1].reach = fpm::access::forbidden;
  CHECK(check_other_pools(patient)->how == level::note);
  CHECK(contains(check_other_pools(patient)->message, "(b)"));
}
