#include "caches/opcache.hpp"

#include <utility>

#include "caches/ask.hpp"
#include "caches/rows.hpp"

namespace cachetool::opcache {
namespace {

using caches::ask;
using caches::from;

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
  return error(error_kind::opcache_off, "OPcache is a file cache only (opcache.file_cache_only=1): " + what);
}

// One row: "hits memory last-used timestamp length path\n". Returns what follows it.
std::string_view read_row(std::string_view rows, script& out) {
  std::int64_t numbers[4];
  std::string_view const path = caches::take_row(rows, numbers);
  out = {numbers[0], numbers[1], numbers[2], std::nullopt, path};
  if (numbers[3] >= 0) out.timestamp = numbers[3];
  return rows;
}

void require_listing(agent::answer const& answer, std::string const& where) {
  if (answer.result["listed"].as_bool()) return;
  if (answer.result["file_cache_only"].as_bool())
    throw file_cache_only_error("there are no scripts in memory to list").on(where);
  if (answer.result["restart_pending"].as_bool()) {
    throw error(error_kind::pending,
                "a restart of OPcache is pending, and PHP lists no scripts until it has taken place")
        .advise("try again when the running requests have ended, or see cachetool opcache:status")
        .on(where);
  }
  throw error(error_kind::opcache_off, "OPcache is off in this pool")
      .advise("see php_admin_value[opcache.enable] in the pool's configuration")
      .on(where);
}

/// What tells one restart from another, and whether it took place.
struct restart_state {
  explicit restart_state(php::value const& v)
      : start_time(v["opcache_statistics"]["start_time"].as_int()),
        restarts(v["opcache_statistics"]["oom_restarts"].as_int() + v["opcache_statistics"]["hash_restarts"].as_int() +
                 v["opcache_statistics"]["manual_restarts"].as_int()) {}

  std::int64_t start_time;
  std::int64_t restarts;
};

// PHP returns nothing but false for a reset that it did not schedule; the state beside it tells why.
void require_scheduled(agent::answer const& answer, std::string const& where) {
  php::value const& before = answer.result["before"];
  if (before["file_cache_only"].as_bool()) {
    throw file_cache_only_error("there is nothing in memory to reset")
        .advise("delete what is below " + std::string(before["file_cache"].as_string()))
        .on(where);
  }
  if (answer.result["accepted"].as_bool() || answer.result["after"]["restart_pending"].as_bool()) return;
  if (!before["opcache_enabled"].as_bool()) {
    throw error(error_kind::opcache_off, "OPcache is off in this pool, nothing was reset")
        .advise("name another pool of this php-fpm, where OPcache is on: they share one cache")
        .on(where);
  }
  throw error(error_kind::php_error, "opcache_reset() refused without a reason").on(where);
}

// Looks once. True when there is nothing more to wait for.
bool look(adapter::adapter& php, restart_state const& before, std::chrono::milliseconds patience,
          reset_report& report) {
  agent::call call = ask("opcache.state");
  call.timeout = patience;
  agent::answer const answer = php.run(call);
  restart_state const now(answer.result);
  if (now.start_time != before.start_time) {
    report.what = reset_report::outcome::reloaded;
  } else if (now.restarts > before.restarts) {
    report.what = reset_report::outcome::confirmed;
  }
  return report.what != reset_report::outcome::scheduled;
}

// php-fpm performs the restart when the next request begins and no running one uses the cache: looking drives it.
void wait_for_restart(adapter::adapter& php, restart_state const& before, std::chrono::milliseconds patience,
                      reset_report& report) {
  using clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds pauses[] = {std::chrono::milliseconds{2},  std::chrono::milliseconds{5},
                                                  std::chrono::milliseconds{10}, std::chrono::milliseconds{20},
                                                  std::chrono::milliseconds{50}, std::chrono::milliseconds{100},
                                                  std::chrono::milliseconds{250}};
  auto const until = clock::now() + patience;
  for (std::size_t round = 0;; ++round) {
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    try {
      if (look(php, before, std::max(left, std::chrono::milliseconds{100}), report)) return;
    } catch (error const& failed) {
      if (failed.kind() != error_kind::timeout) throw;  // a full pool: the reset stays scheduled
    }
    auto const next = pauses[std::min(round, std::size(pauses) - 1)];
    if (clock::now() + next >= until) return;
    php.pause(next);
  }
}

}  // namespace

status read_status(adapter::adapter& php) {
  return to_status(php.run(ask("opcache.status")));
}

configuration read_configuration(adapter::adapter& php) {
  agent::answer const answer = php.run(ask("opcache.configuration"));
  php::value const& v = answer.result;
  return {from(answer), std::string(v["version"]["opcache_product_name"].as_string()),
          std::string(v["version"]["version"].as_string()), v["directives"], v["blacklist"]};
}

status read_scripts(adapter::adapter& php, std::string const& exclude, std::function<void(script const&)> const& each) {
  agent::call call = exclude.empty() ? ask("opcache.scripts") : ask("opcache.scripts", {{"exclude", exclude}});
  call.rows = [&each](std::string_view rows) {
    for (script row; !rows.empty();) {
      rows = read_row(rows, row);
      each(row);
    }
  };
  agent::answer const answer = php.run(call);
  require_listing(answer, php.label());
  return to_status(answer);
}

reset_report reset(adapter::adapter& php, std::chrono::milliseconds patience) {
  using clock = std::chrono::steady_clock;
  auto const start = clock::now();
  agent::answer const answer = php.run(ask("opcache.reset"));
  require_scheduled(answer, php.label());
  php::value const& before = answer.result["before"];

  reset_report report;
  report.from = from(answer);
  report.joined = !answer.result["accepted"].as_bool();
  report.file_cache = before["file_cache"].as_string();
  report.validates_timestamps = before["validate_timestamps"].as_bool();
  report.preloaded = static_cast<std::int64_t>(before["preload_statistics"]["scripts"].entries().size());
  wait_for_restart(php, restart_state(before), patience, report);
  report.took = clock::now() - start;
  if (report.what == reset_report::outcome::scheduled) {
    php.pause(std::chrono::milliseconds{2});  // the worker that answered last closes its end of that connection
    report.running = php.connections();
  }
  return report;
}

}  // namespace cachetool::opcache
