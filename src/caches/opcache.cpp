#include "caches/opcache.hpp"

#include <utility>

#include "caches/opcache_answer.hpp"

namespace cachetool::opcache {
namespace {

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
        .advise("cachetool opcache:reset:file-cache empties " + std::string(before["file_cache"].as_string()))
        .on(where);
  }
  if (answer.result["accepted"].as_bool() || answer.result["after"]["restart_pending"].as_bool()) return;
  if (before.is_null()) {
    throw error(error_kind::php_error, "opcache_reset() refused, and without opcache_get_status() nothing tells why")
        .advise("take opcache_get_status out of disable_functions")
        .on(where);
  }
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

// The same where PHP may not tell whether it took place: one more request performs it on an idle pool.
void drive_restart(adapter::adapter& php) {
  try {
    (void)php.run(ask("opcache.state"));
  } catch (error const& failed) {
    if (failed.kind() != error_kind::disabled) throw;
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

reset_report reset(adapter::adapter& php, std::chrono::milliseconds patience) {
  using clock = std::chrono::steady_clock;
  auto const start = clock::now();
  agent::answer const answer = php.run(ask("opcache.reset"));
  require_scheduled(answer, php.label());
  php::value const& before = answer.result["before"];

  reset_report report;
  report.from = from(answer);
  report.joined = !answer.result["accepted"].as_bool();
  if (before.is_null()) {
    drive_restart(php);
    report.what = reset_report::outcome::unconfirmed;
    return report;
  }
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
