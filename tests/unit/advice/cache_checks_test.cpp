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

}  // namespace

TEST_CASE("of a healthy php-fpm nothing is worse than a note") {
  CHECK(worst(check_settings(healthy())) <= level::note);
}

TEST_CASE("OPcache that is not loaded, off, or off in this pool is a failure") {
  auto patient = healthy();
  patient.php.status->enabled = false;
  CHECK(check_opcache(patient)->how == level::failure);
  CHECK(contains(check_opcache(patient)->message, "in this pool"));
  patient.php.status.reset();
  CHECK(check_opcache(patient)->message == "OPcache is off");
  CHECK(check_opcache(patient)->hint == "set opcache.enable=1 in /etc/php.ini, and reload php-fpm");
  patient.php.has_opcache = false;
  CHECK(contains(check_opcache(patient)->message, "not loaded"));
}

TEST_CASE("the line that switches OPcache off is named, if it is the one that does") {
  auto patient = healthy();
  patient.php.status.reset();
  patient.php.settings["opcache.enable"] = "0";
  patient.php.lines["opcache.enable"] = {"Off ; not here", "/etc/conf.d/10-opcache.ini", 3};
  CHECK(contains(check_opcache(patient)->message, "/etc/conf.d/10-opcache.ini:3"));
  patient.php.lines["opcache.enable"].value = "1";  // something else has switched it off
  CHECK_FALSE(contains(check_opcache(patient)->message, "10-opcache.ini"));
  patient.host = test::with_pools({test::pool_with("www", {{"php_admin_value[opcache.enable]", "0"}})});
  CHECK(contains(check_opcache(patient)->message, "/etc/pool.conf:1"));
  CHECK(check_opcache(patient)->hint ==
        "set php_admin_value[opcache.enable] = 1 in /etc/pool.conf:1, and reload php-fpm");
}

TEST_CASE("what cannot be known is not judged") {
  subject const nothing;
  for (finding const& each : check_settings(nothing)) CHECK(each.name == "opcache");
  auto patient = healthy();
  patient.php.status.reset();
  patient.php.missing.insert("opcache_get_status");
  CHECK_FALSE(check_opcache(patient));
  CHECK_FALSE(check_memory(patient));
}

TEST_CASE("where PHP may not tell what OPcache has, its settings are judged all the same") {
  auto patient = healthy();
  patient.php.status.reset();
  CHECK_FALSE(check_timestamps(patient));
  patient.php.restricted = true;
  CHECK_FALSE(check_opcache(patient));
  CHECK_FALSE(check_keys(patient));
  CHECK(check_timestamps(patient)->how == level::ok);
  patient.php.settings["opcache.enable"] = "0";
  CHECK_FALSE(check_timestamps(patient));
}

TEST_CASE("a file cache alone is a failure") {
  auto patient = healthy();
  patient.php.status = opcache::status{};
  patient.php.status->file_cache_only = true;
  patient.php.status->file_cache = "/var/cache/php";
  CHECK(check_opcache(patient)->how == level::failure);
  CHECK(contains(check_opcache(patient)->hint, "opcache:reset:file-cache"));
}

TEST_CASE("a pending restart is a warning, and is not taken for a cache that is off") {
  auto patient = healthy();
  CHECK_FALSE(check_pending(patient));
  patient.php.status->enabled = false;
  patient.php.status->restart_pending = true;
  CHECK_FALSE(check_opcache(patient));
  CHECK(check_pending(patient)->how == level::warning);
}

TEST_CASE("memory: everything compiled anew fits, fits after a reset, or does not") {
  auto patient = healthy();
  auto& memory = *patient.php.status->memory;
  CHECK(check_memory(patient)->how == level::ok);
  memory = {70 * mib, 28 * mib, 30 * mib, 23};  // 70 - 8.6 = 61.4 MiB of scripts
  CHECK(check_memory(patient)->how == level::warning);
  CHECK(contains(check_memory(patient)->message, "does not fit"));
  CHECK(contains(check_memory(patient)->hint, "opcache.memory_consumption=256"));
  memory = {70 * mib, 18 * mib, 60 * mib, 40};
  CHECK(check_memory(patient)->how == level::warning);
  CHECK(check_memory(patient)->hint == "at a quiet hour: cachetool opcache:reset");
  patient.php.status->cache_full = true;
  CHECK(check_memory(patient)->how == level::failure);
}

TEST_CASE("memory figures that make no sense end in no endless loop") {
  auto patient = healthy();
  constexpr std::int64_t huge = std::int64_t{1} << 61;
  *patient.php.status->memory = {huge, 0, 0, 0};
  CHECK(check_memory(patient)->how == level::warning);
  *patient.php.status->memory = {-huge, -huge, -1, 0};
  CHECK(check_memory(patient));
  patient.php.status->counts->max_keys = -huge;
  patient.php.status->strings->buffer_size = -huge;
  CHECK(check_keys(patient));
  CHECK_FALSE(check_strings(patient));
}

TEST_CASE("keys: another release fits or does not") {
  auto patient = healthy();
  CHECK(check_keys(patient)->how == level::ok);
  patient.php.status->counts->keys = 16000;
  CHECK(check_keys(patient)->how == level::warning);
  CHECK(check_keys(patient)->message == "16000 of 16229 keys used, by 300 scripts: another release does not fit");
  CHECK(contains(check_keys(patient)->hint, "opcache.max_accelerated_files=32458"));
}

TEST_CASE("a cache whose keys are used up has memory, and names what is short") {
  auto patient = healthy();
  patient.php.status->cache_full = true;
  patient.php.status->counts->keys = 16229;
  CHECK(check_memory(patient)->how == level::ok);
  CHECK(check_keys(patient)->how == level::failure);
  CHECK(contains(check_keys(patient)->hint, "opcache.max_accelerated_files=32458"));
  patient.php.status->counts->keys = patient.php.status->counts->max_keys = 1'048'793;
  CHECK_FALSE(contains(check_keys(patient)->hint, "max_accelerated_files"));
}

TEST_CASE("no hint sets the size that OPcache has already") {
  auto patient = healthy();
  patient.php.status->cache_full = true;
  *patient.php.status->memory = {20 * mib, 2 * mib, 106 * mib, 82};
  CHECK(check_memory(patient)->how == level::failure);
  CHECK(check_memory(patient)->hint == "cachetool opcache:reset gives back what is wasted");
}

TEST_CASE("a hint names the php-fpm that it is for, where the command line has to") {
  auto patient = healthy();
  patient.options = " --fcgi=/run/b.sock";
  patient.php.status->restart_pending = true;
  CHECK(contains(check_pending(patient)->hint, "cachetool opcache:status --fcgi=/run/b.sock shows"));
  patient.php.settings["opcache.validate_timestamps"] = "0";
  CHECK(check_timestamps(patient)->hint == "after changes in place: cachetool opcache:refresh PATH --fcgi=/run/b.sock");
}

TEST_CASE("a full buffer of strings is a note with the next size") {
  auto patient = healthy();
  CHECK(check_strings(patient)->how == level::ok);
  patient.php.status->strings = opcache::interned_strings{8 * mib, 8 * mib, 0, 1000};
  CHECK(check_strings(patient)->how == level::note);
  CHECK(contains(check_strings(patient)->hint, "opcache.interned_strings_buffer=16"));
}

TEST_CASE("restarts for want of memory or keys are a warning each") {
  auto patient = healthy();
  CHECK(check_restarts(patient)->how == level::ok);
  patient.php.status->counts->hash_restarts = 1;
  CHECK(contains(check_restarts(patient)->message, "ran out of keys 1 time,"));
  CHECK(contains(check_restarts(patient)->hint, "max_accelerated_files"));
  patient.php.status->counts->oom_restarts = 2;
  CHECK(check_restarts(patient)->how == level::warning);
  CHECK(contains(check_restarts(patient)->message, "ran out of memory 2 times,"));
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
