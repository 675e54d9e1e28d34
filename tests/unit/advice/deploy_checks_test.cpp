#include "advice/figures.hpp"
#include "advice/subject.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::advice;
using test::healthy;
using test::mib;

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

TEST_CASE("room: everything compiled anew fits, fits after a reset, or does not") {
  auto patient = healthy();
  auto& memory = *patient.php.status->memory;
  CHECK(check_room(patient)->how == level::ok);
  memory = {70 * mib, 28 * mib, 30 * mib, 23};  // 70 - 8.6 = 61.4 MiB of scripts
  CHECK(check_room(patient)->how == level::warning);
  CHECK(contains(check_room(patient)->message, "does not fit"));
  CHECK(contains(check_room(patient)->hint, "opcache.memory_consumption=256"));
  CHECK_FALSE(contains(check_room(patient)->hint, "max_accelerated_files"));
  memory = {70 * mib, 18 * mib, 60 * mib, 40};
  CHECK(check_room(patient)->how == level::warning);
  CHECK(check_room(patient)->hint == "at a quiet hour: cachetool opcache:reset");
  patient.php.status->cache_full = true;
  CHECK_FALSE(check_room(patient));  // a failure says so
}

TEST_CASE("room: the keys must suffice, too") {
  auto patient = healthy();
  patient.php.status->counts->keys = 16229 - 301;
  CHECK(check_room(patient)->how == level::ok);
  patient.php.status->counts->keys = 16229 - 300;
  CHECK(check_room(patient)->how == level::warning);
  CHECK(contains(check_room(patient)->message, "and 300 keys, and does not fit"));
  CHECK(contains(check_room(patient)->hint, "opcache.max_accelerated_files=32531"));
  CHECK_FALSE(contains(check_room(patient)->hint, "memory_consumption"));
}

TEST_CASE("a file cache is a warning where PHP does not look whether its files changed") {
  auto patient = healthy();
  CHECK_FALSE(check_file_cache(patient));
  patient.php.settings["opcache.file_cache"] = "/var/cache/php";
  CHECK(check_file_cache(patient)->how == level::ok);
  patient.php.settings["opcache.validate_timestamps"] = "0";
  CHECK(check_file_cache(patient)->how == level::warning);
  CHECK(contains(check_file_cache(patient)->hint, "opcache:reset:file-cache"));
  patient.php.settings["opcache.file_cache_read_only"] = "1";
  CHECK(contains(check_file_cache(patient)->hint, "build that directory anew"));
}

TEST_CASE("preloaded scripts are a note") {
  auto patient = healthy();
  CHECK_FALSE(check_preload(patient));
  patient.php.preloaded = 12;
  CHECK(contains(check_preload(patient)->message, "12 scripts"));
}

TEST_CASE("timestamps: noticed soon is ok, late or never is a note that names opcache:refresh") {
  CHECK(check_timestamps(healthy())->how == level::ok);
  CHECK(contains(check_timestamps(healthy())->message, "within 2 s"));
  CHECK(check_timestamps(with("opcache.revalidate_freq", "0"))->how == level::note);
  CHECK(check_timestamps(with("opcache.revalidate_freq", "60"))->how == level::ok);
  CHECK(check_timestamps(with("opcache.revalidate_freq", "61"))->how == level::note);
  auto const late = check_timestamps(with("opcache.revalidate_freq", "3600"));
  CHECK(late->how == level::note);
  CHECK(contains(late->hint, "opcache:refresh"));
  auto const never = check_timestamps(with("opcache.validate_timestamps", "0"));
  CHECK(never->how == level::note);
  CHECK(contains(never->hint, "opcache:refresh"));
  CHECK(check_timestamps(with("opcache.validate_timestamps", ""))->how == level::note);
}

TEST_CASE("links: how long the old release is served, and which command ends that") {
  CHECK(contains(check_links(healthy())->message, "until the cache is brought up to date"));
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
  patient.php.path_memory = 4 * mib;
  CHECK(check_paths(patient)->how == level::note);
  CHECK(contains(check_paths(patient)->hint, "realpath_cache_size=8M"));
  patient.php.settings["realpath_cache_ttl"] = "0";
  CHECK(contains(check_paths(patient)->message, "remember no path"));
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
