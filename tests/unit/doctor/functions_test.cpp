#include "doctor/function_checks.hpp"

#include <algorithm>

#include "advice/subject.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::doctor;
using test::healthy;

namespace {

finding const& find(std::vector<finding> const& in, std::string const& name) {
  auto const found = std::find_if(in.begin(), in.end(), [&](finding const& each) { return each.name == name; });
  REQUIRE(found != in.end());
  return *found;
}

}  // namespace

TEST_CASE("functions that may all be called are one line") {
  auto const found = check_functions(healthy());
  REQUIRE(found.size() == 1);
  CHECK(found[0].what.how == level::ok);
  CHECK(found[0].what.message ==
        "the " + std::to_string(needed_functions().size()) + " PHP functions may all be called");
}

TEST_CASE("a disabled function is told with what does not work, and the pool's line that forbids it") {
  auto patient = healthy();
  patient.php.missing = {"opcache_reset"};
  patient.host = test::with_pools(
      {test::pool_with("www", {{"php_admin_value[disable_functions]", "exec, opcache_reset,system"}})});
  auto const found = check_functions(patient);
  finding const& reset = find(found, "opcache_reset");
  CHECK(reset.what.how == level::failure);
  CHECK(reset.what.message == "opcache_reset() is disabled: opcache:reset does not work");
  CHECK(reset.what.hint == "take opcache_reset out of disable_functions in /etc/pool.conf:1, and reload php-fpm");
}

TEST_CASE("the line of an ini file is named if it lists the function") {
  auto patient = healthy();
  patient.php.missing = {"putenv", "ini_set"};
  patient.php.settings["disable_functions"] = "exec, putenv";
  patient.php.lines["disable_functions"] = {"\"exec, putenv\"", "/etc/php.ini", 300};
  auto const found = check_functions(patient);
  CHECK(find(found, "putenv").what.how == level::note);
  CHECK(find(found, "putenv").what.hint.find("/etc/php.ini:300") != std::string::npos);
  CHECK(find(found, "ini_set").what.how == level::warning);
  CHECK(find(found, "ini_set").what.hint.find("/etc") == std::string::npos);
}

TEST_CASE("functions of an extension that is not loaded are not missed one by one") {
  auto patient = healthy();
  patient.php.has_apcu = false;
  patient.php.missing = {"apcu_fetch", "apcu_store"};
  auto const found = check_functions(patient);
  CHECK(found.size() == 2);
  CHECK(find(found, "apcu").what.how == level::note);
  patient.php.has_apcu = true;
  CHECK(find(check_functions(patient), "apcu_fetch").what.how == level::failure);
}

TEST_CASE("what php-fpm alone has is not missed on a web site, which may run PHP without it") {
  auto patient = healthy();
  patient.php.missing = {"fpm_get_status"};
  CHECK(find(check_functions(patient), "fpm_get_status").what.how == level::note);
  patient.is_web_site = true;
  CHECK(check_functions(patient).size() == 1);
}

TEST_CASE("a function whose extension may not be loaded is not called disabled unless a list names it") {
  auto patient = healthy();
  patient.php.missing = {"posix_geteuid", "token_get_all"};
  patient.php.settings["disable_functions"] = "token_get_all";
  auto const found = check_functions(patient);
  CHECK(find(found, "posix_geteuid").what.message == "posix_geteuid() is not there: every command works without it");
  CHECK(
      find(found, "posix_geteuid").what.hint.starts_with("load the PHP extension posix; where that is loaded, take "));
  CHECK(find(found, "token_get_all").what.message.starts_with("token_get_all() is disabled: "));
}

TEST_CASE("APCu that is off is a note with the line to write") {
  auto patient = healthy();
  patient.php.apcu_is_on = false;
  CHECK(find(check_functions(patient), "apcu").what.how == level::note);
}

TEST_CASE("restrict_api is a failure where it keeps the agent out, and ok where that lies inside") {
  auto patient = healthy();
  patient.php.settings["opcache.restrict_api"] = "/srv/admin";
  CHECK(find(check_functions(patient), "restrict_api").what.how == level::ok);
  patient.php.restricted = true;
  patient.host = test::with_pools({test::pool_with("www", {{"php_admin_value[opcache.restrict_api]", "/srv/admin"}})});
  auto const found = check_functions(patient);
  CHECK(find(found, "restrict_api").what.how == level::failure);
  CHECK(find(found, "restrict_api").what.hint.find("/etc/pool.conf:1") != std::string::npos);
}
