#include "caches/opcache_answer.hpp"

#include <chrono>

#include "caches/figures.hpp"

namespace cachetool::opcache {
namespace {

using caches::count_in;
using caches::percentage_in;

memory_usage to_memory(php::value const& v) {
  return {count_in(v["used_memory"]), count_in(v["free_memory"]), count_in(v["wasted_memory"]),
          percentage_in(v["current_wasted_percentage"])};
}

interned_strings to_strings(php::value const& v) {
  return {count_in(v["buffer_size"]), count_in(v["used_memory"]), count_in(v["free_memory"]),
          count_in(v["number_of_strings"])};
}

statistics to_statistics(php::value const& v) {
  return {count_in(v["num_cached_scripts"]),
          count_in(v["num_cached_keys"]),
          count_in(v["max_cached_keys"]),
          count_in(v["start_time"]),
          count_in(v["last_restart_time"]),
          count_in(v["oom_restarts"]),
          count_in(v["hash_restarts"]),
          count_in(v["manual_restarts"]),
          count_in(v["hits"]),
          count_in(v["misses"]),
          count_in(v["blacklist_misses"]),
          percentage_in(v["blacklist_miss_ratio"]),
          percentage_in(v["opcache_hit_rate"])};
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
      .blame_on(blame::setting, "opcache.file_cache_only")
      .during(phase::answer);
}

error inactive_error(bool restart_pending) {
  if (restart_pending) {
    return error(error_kind::pending, "a restart of OPcache is pending, and until it has taken place the cache is off")
        .advise("try again when the running requests have ended, or see cachetool opcache:status")
        .during(phase::answer);
  }
  return error(error_kind::opcache_off, "OPcache is off in this pool")
      .advise("see php_admin_value[opcache.enable] in the pool's configuration")
      .blame_on(blame::setting, "opcache.enable")
      .during(phase::answer);
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
