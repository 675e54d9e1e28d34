#include "caches/opcache_answer.hpp"

#include <chrono>

namespace cachetool::opcache {
namespace {

memory_usage to_memory(php::value const& v) {
  return {v["used_memory"].as_int(), v["free_memory"].as_int(), v["wasted_memory"].as_int(),
          v["current_wasted_percentage"].as_double()};
}

interned_strings to_strings(php::value const& v) {
  return {v["buffer_size"].as_int(), v["used_memory"].as_int(), v["free_memory"].as_int(),
          v["number_of_strings"].as_int()};
}

statistics to_statistics(php::value const& v) {
  return {v["num_cached_scripts"].as_int(),
          v["num_cached_keys"].as_int(),
          v["max_cached_keys"].as_int(),
          v["start_time"].as_int(),
          v["last_restart_time"].as_int(),
          v["oom_restarts"].as_int(),
          v["hash_restarts"].as_int(),
          v["manual_restarts"].as_int(),
          v["hits"].as_int(),
          v["misses"].as_int(),
          v["blacklist_misses"].as_int(),
          v["blacklist_miss_ratio"].as_double(),
          v["opcache_hit_rate"].as_double()};
}

}  // namespace

status to_status(agent::answer const& answer) {
  php::value const& v = answer.result;
  status out;
  out.from = from(answer);
  out.enabled = v["opcache_enabled"].as_bool();
  out.cache_full = v["cache_full"].as_bool();
  out.restart_pending = v["restart_pending"].as_bool();
  out.restart_in_progress = v["restart_in_progress"].as_bool();
  out.file_cache = v["file_cache"].as_string();
  out.file_cache_only = v["file_cache_only"].as_bool();
  if (v.has("memory_usage")) out.memory = to_memory(v["memory_usage"]);
  if (v.has("interned_strings_usage")) out.strings = to_strings(v["interned_strings_usage"]);
  if (v.has("opcache_statistics")) out.counts = to_statistics(v["opcache_statistics"]);
  out.raw = v;
  return out;
}

error file_cache_only_error(std::string const& what) {
  return error(error_kind::opcache_off, "OPcache is a file cache only (opcache.file_cache_only=1): " + what)
      .blame_on(blame::setting, "opcache.file_cache_only");
}

error inactive_error(bool restart_pending) {
  if (restart_pending) {
    return error(error_kind::pending, "a restart of OPcache is pending, and until it has taken place the cache is off")
        .advise("try again when the running requests have ended, or see cachetool opcache:status");
  }
  return error(error_kind::opcache_off, "OPcache is off in this pool")
      .advise("see php_admin_value[opcache.enable] in the pool's configuration")
      .blame_on(blame::setting, "opcache.enable");
}

agent::answer run_past_a_restart(adapter::adapter& php, agent::call const& call,
                                 std::function<bool(php::value const&)> const& overtaken) {
  constexpr int most_tries = 50;
  constexpr std::chrono::milliseconds pause{20};
  for (int tries = 1;; ++tries) {
    agent::answer answer = php.run(call);
    if (!overtaken(answer.result)) return answer;
    if (tries == most_tries) throw inactive_error(true);
    php.pause(pause);
  }
}

void require_listing(agent::answer const& answer) {
  if (answer.result["listed"].as_bool()) return;
  if (answer.result["file_cache_only"].as_bool()) {
    throw file_cache_only_error("there are no scripts in memory")
        .advise(
            "cachetool opcache:reset:file-cache deletes what it has in files, and opcache:compile:scripts PATH "
            "fills it again");
  }
  throw inactive_error(answer.result["restart_pending"].as_bool());
}

}  // namespace cachetool::opcache
