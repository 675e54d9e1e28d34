#include "advice/figures.hpp"
#include "advice/subject.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::advice;
using test::healthy;

namespace {

bool contains(std::string const& text, std::string const& part) {
  return text.find(part) != std::string::npos;
}

advice::subject with(std::string const& name, std::string const& value) {
  auto patient = healthy();
  patient.php.settings[name] = value;
  return patient;
}

}  // namespace

TEST_CASE("timestamps: noticed soon is ok, late or never is a note that names opcache:refresh") {
  CHECK(check_timestamps(healthy())->how == level::ok);
  CHECK(contains(check_timestamps(healthy())->message, "within 2 s"));
  auto const late = check_timestamps(with("opcache.revalidate_freq", "3600"));
  CHECK(late->how == level::note);
  CHECK(contains(late->hint, "opcache:refresh"));
  auto const never = check_timestamps(with("opcache.validate_timestamps", "0"));
  CHECK(never->how == level::note);
  CHECK(contains(never->hint, "opcache:refresh"));
  CHECK(check_timestamps(with("opcache.validate_timestamps", ""))->how == level::note);
}

TEST_CASE("links: how long the old release is served, and which command ends that") {
  CHECK(contains(check_links(healthy())->message, "until the cache is told"));
  CHECK(contains(check_links(healthy())->hint, "deploy:switch"));
  CHECK(contains(check_links(with("opcache.revalidate_path", "1"))->message, "within 120 s"));
}

TEST_CASE("use_cwd=0 is a warning with the line to write") {
  CHECK_FALSE(check_cwd(healthy()));
  auto const found = check_cwd(with("opcache.use_cwd", "0"));
  CHECK(found->how == level::warning);
  CHECK(found->hint == "set opcache.use_cwd=1 in /etc/php.ini, and reload php-fpm");
}

TEST_CASE("new files: an entry for each call is told where the agent's file is private and PHP looks at no time") {
  CHECK(check_new_files(healthy())->how == level::ok);
  auto patient = with("opcache.file_update_protection", "0");
  CHECK(check_new_files(patient)->how == level::ok);
  patient.php.settings["opcache.validate_timestamps"] = "0";
  CHECK(check_new_files(patient)->how == level::note);
  CHECK(contains(check_new_files(patient)->hint, "agent:install"));
  patient.agent_path = "/run/cachetool/" + std::string(64, 'a') + ".php";
  CHECK(check_new_files(patient)->how == level::ok);
}

TEST_CASE("a forced restart after a short time is a warning, none at all a note") {
  CHECK(check_forced_restart(healthy())->how == level::ok);
  CHECK(check_forced_restart(with("opcache.force_restart_timeout", "3"))->how == level::warning);
  CHECK(check_forced_restart(with("opcache.force_restart_timeout", "0"))->how == level::note);
}

TEST_CASE("a worker's memory for paths: room, nearly full, or switched off by open_basedir") {
  auto patient = healthy();
  CHECK(check_paths(patient)->how == level::ok);
  patient.php.path_memory = 4 * test::mib;
  CHECK(check_paths(patient)->how == level::note);
  CHECK(contains(check_paths(patient)->hint, "realpath_cache_size=8M"));
  patient.php.settings["open_basedir"] = "/srv";
  CHECK(contains(check_paths(patient)->message, "open_basedir"));
}

TEST_CASE("sizes, times and switches are read as PHP and php-fpm read them") {
  CHECK(bytes_of("4096K") == 4096 * 1024);
  CHECK(bytes_of("16m") == 16 * 1024 * 1024);
  CHECK(bytes_of("123") == 123);
  CHECK(bytes_of("-1") == 0);
  CHECK(bytes_of("") == 0);
  CHECK(bytes_of("99999999999999999999G") > 0);
  CHECK(bytes_of("9000000000G") > 0);
  CHECK(seconds_of("10") == 10);
  CHECK(seconds_of("10s") == 10);
  CHECK(seconds_of("2m") == 120);
  CHECK(seconds_of("1d") == 86400);
  CHECK(is_on("1"));
  CHECK(is_on("On"));
  CHECK_FALSE(is_on(""));
  CHECK_FALSE(is_on("0"));
  CHECK_FALSE(is_on("off"));
}
