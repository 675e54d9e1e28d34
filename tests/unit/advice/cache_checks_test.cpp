#include "advice/subject.hpp"
#include "fake_adapter.hpp"
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
  CHECK(worst(judge(healthy())) <= level::note);
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
  for (finding const& each : judge(nothing)) CHECK(each.name == "opcache");
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

TEST_CASE("memory: 95 % used and wasted are a warning, a full cache is a failure") {
  auto patient = healthy();
  auto& memory = *patient.php.status->memory;
  memory = {94 * mib, 6 * mib, 0, 0};
  CHECK(check_memory(patient)->how == level::ok);
  memory = {90 * mib, 5 * mib, 5 * mib, 5};
  CHECK(check_memory(patient)->how == level::warning);
  CHECK(contains(check_memory(patient)->hint, "opcache.memory_consumption="));
  patient.php.status->cache_full = true;
  patient.php.status->counts->hits = 15;
  patient.php.status->counts->misses = 85;
  CHECK(check_memory(patient)->how == level::failure);
  CHECK(contains(check_memory(patient)->message, "with a hit rate of 15 %"));
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
  CHECK_FALSE(check_keys(patient));
  CHECK_FALSE(check_strings(patient));
}

TEST_CASE("keys: nine tenths used are a warning, and all of them a failure that names the next number") {
  auto patient = healthy();
  patient.php.status->counts->max_keys = 1979;
  patient.php.status->counts->keys = 1781;  // 89.99 %
  CHECK(check_keys(patient)->how == level::ok);
  patient.php.status->counts->keys = 1782;
  CHECK(check_keys(patient)->how == level::warning);
  CHECK(check_keys(patient)->message == "1782 of 1979 keys used, by 300 scripts: the keys will soon be used up");
  CHECK(contains(check_keys(patient)->hint, "opcache.max_accelerated_files=3907"));
  patient.php.status->counts->keys = 1979;
  CHECK(check_keys(patient)->how == level::failure);
}

TEST_CASE("a cache whose keys are used up has memory, and names what is short") {
  auto patient = healthy();
  patient.php.status->cache_full = true;
  patient.php.status->counts->keys = 16229;
  CHECK(check_memory(patient)->how == level::ok);
  CHECK(check_keys(patient)->how == level::failure);
  CHECK(contains(check_keys(patient)->message, "whatever memory is free"));
  CHECK(contains(check_keys(patient)->hint, "opcache.max_accelerated_files=32531"));
  patient.php.status->counts->keys = patient.php.status->counts->max_keys = 524'521;
  CHECK(contains(check_keys(patient)->hint, "opcache.max_accelerated_files=1000000"));  // PHP takes no more
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

TEST_CASE("the next size of the buffer of strings is more than the setting, of which PHP counts only a part") {
  auto patient = healthy();
  patient.php.settings["opcache.interned_strings_buffer"] = "16";
  patient.php.status->strings = opcache::interned_strings{12 * mib, 12 * mib, 0, 1000};
  CHECK(contains(check_strings(patient)->hint, "opcache.interned_strings_buffer=32"));
  patient.php.status->strings = opcache::interned_strings{100, 94, 6, 1};
  CHECK(check_strings(patient)->how == level::ok);
  patient.php.status->strings = opcache::interned_strings{100, 95, 5, 1};
  CHECK(check_strings(patient)->how == level::note);
}

TEST_CASE("waste: a fifth is a note, half is a warning") {
  auto patient = healthy();
  auto& memory = *patient.php.status->memory;
  memory = {50 * mib, 31 * mib, 19 * mib, 19};
  CHECK_FALSE(check_wasted(patient));
  memory = {50 * mib, 30 * mib, 20 * mib, 20};
  CHECK(check_wasted(patient)->how == level::note);
  memory = {50 * mib, 0, 50 * mib, 50};
  CHECK(check_wasted(patient)->how == level::warning);
  CHECK(check_wasted(patient)->message == "50 % of the memory is wasted: only a reset gives it back");
}

TEST_CASE("a full cache that will not empty itself is told") {
  auto patient = healthy();
  patient.php.settings["opcache.max_wasted_percentage"] = "20";
  patient.php.status->memory = opcache::memory_usage{81 * mib, 0, 19 * mib, 19};
  CHECK_FALSE(check_max_wasted(patient));
  patient.php.status->cache_full = true;
  CHECK(check_max_wasted(patient)->how == level::note);
  patient.php.status->memory = opcache::memory_usage{80 * mib, 0, 20 * mib, 20};
  CHECK_FALSE(check_max_wasted(patient));
}

TEST_CASE("the hit rate is low below 80 % of many visits, and a warning if it is so now") {
  auto patient = healthy();
  auto& counts = *patient.php.status->counts;
  counts.hits = 8000;
  counts.misses = 2000;
  CHECK_FALSE(check_hit_rate(patient));
  counts.hits = 7999;
  counts.misses = 2001;
  CHECK(check_hit_rate(patient)->how == level::note);
  CHECK(contains(check_hit_rate(patient)->message, "only 79 % of 10000 scripts"));
  counts.hits = 999;  // a monitor's own looks are misses
  CHECK_FALSE(check_hit_rate(patient));
  patient.since = growth{.hits = 1000, .misses = 500};
  CHECK(check_hit_rate(patient)->how == level::warning);
  patient.php.status->cache_full = true;
  CHECK_FALSE(check_hit_rate(patient));  // that it is full says more
}

TEST_CASE("what counts for who looks again is what happened since, and for how long a restart was pending") {
  auto patient = healthy();
  patient.php.status->counts->oom_restarts = 5;
  patient.since = growth{};
  CHECK(check_restarts(patient)->how == level::ok);
  patient.since->oom_restarts = 1;
  CHECK(contains(check_restarts(patient)->message, "ran out of memory 1 time since the last look"));
  patient.php.status->restart_pending = true;
  patient.since->pending = 59;
  CHECK(check_pending(patient)->how == level::note);
  patient.since->pending = 60;
  CHECK(check_pending(patient)->how == level::warning);
  patient.since->pending = 600;
  CHECK(check_pending(patient)->how == level::failure);
}

TEST_CASE("JIT: a setting without a buffer is a note if somebody wrote it, a full buffer a warning") {
  auto patient = healthy();
  patient.php.settings["opcache.jit"] = "tracing";
  patient.php.settings["opcache.jit_buffer_size"] = "0";
  CHECK_FALSE(check_jit(patient));  // PHP 8.2 has that value by itself
  patient.php.lines["opcache.jit"] = {"tracing", "/etc/php.ini", 7};
  CHECK(check_jit(patient)->how == level::note);
  patient.php.settings["opcache.jit"] = "disable";
  CHECK_FALSE(check_jit(patient));
  auto const jit = [](std::int64_t free) {
    return test::named({{"jit", test::named({{"on", true}, {"buffer_size", 64 * mib}, {"buffer_free", free}})}});
  };
  patient.php.status->raw = jit(4 * mib);
  CHECK_FALSE(check_jit(patient));
  patient.php.status->raw = jit(3 * mib);
  CHECK(check_jit(patient)->how == level::warning);
  CHECK(contains(check_jit(patient)->hint, "opcache.jit_buffer_size=128M"));
}

TEST_CASE("a worker that remembers where a switched link led may serve the earlier release") {
  auto patient = healthy();
  CHECK_FALSE(check_old_release(patient));
  patient.php.switched_link = true;
  CHECK(check_old_release(patient)->how == level::warning);
}

TEST_CASE("APCu that throws out entries is a warning, one that soon will is a note") {
  auto patient = healthy();
  CHECK_FALSE(check_apcu_memory(patient));
  patient.php.apcu.emplace();
  patient.php.apcu_memory.emplace();
  patient.php.apcu_memory->segments = 1;
  patient.php.apcu_memory->segment_size = 32 * mib;
  patient.php.apcu_memory->available = 2 * mib;
  CHECK(check_apcu_memory(patient)->how == level::ok);
  patient.php.apcu_memory->available = mib;
  CHECK(check_apcu_memory(patient)->how == level::note);
  patient.php.apcu->expunges = 3;
  CHECK(check_apcu_memory(patient)->how == level::warning);
  CHECK(contains(check_apcu_memory(patient)->hint, "apc.shm_size=64M"));
  patient.since = growth{};
  CHECK(check_apcu_memory(patient)->how == level::note);
}

TEST_CASE("restarts for want of memory or keys are a warning each") {
  auto patient = healthy();
  CHECK(check_restarts(patient)->how == level::ok);
  patient.php.status->counts->hash_restarts = 1;
  CHECK(contains(check_restarts(patient)->message, "ran out of keys 1 time since php-fpm was started,"));
  CHECK(contains(check_restarts(patient)->hint, "max_accelerated_files"));
  patient.php.status->counts->oom_restarts = 2;
  CHECK(check_restarts(patient)->how == level::warning);
  CHECK(contains(check_restarts(patient)->message, "ran out of memory 2 times since"));
}
