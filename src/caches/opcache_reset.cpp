#include "caches/opcache_reset.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/text.hpp"
#include "caches/blockers.hpp"
#include "caches/figures.hpp"
#include "caches/opcache_answer.hpp"

namespace cachetool::opcache {
namespace {

using clock = std::chrono::steady_clock;
using caches::count_in;
using std::chrono::milliseconds;

constexpr milliseconds looking_time{1000};  // to see who keeps a restart waiting; also the limit for one answer while
                                            // waiting
constexpr milliseconds look_interval{50};   // while looking which requests go on
constexpr milliseconds starting_time{
    1500};                               // in which workers that have just been started become old enough to be asked
constexpr milliseconds closing_time{2};  // the worker that answered last closes its end meanwhile

std::string percent(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", value);
  return text;
}

/// Tells one restart from another, and whether it took place.
struct restart_state {
  explicit restart_state(php::value const& v)
      : start_time(count_in(v["opcache_statistics"]["start_time"])),
        restarts(count_in(v["opcache_statistics"]["oom_restarts"]) +
                 count_in(v["opcache_statistics"]["hash_restarts"]) +
                 count_in(v["opcache_statistics"]["manual_restarts"])) {}

  std::int64_t start_time;
  std::int64_t restarts;
};

// How often the cache was used since its last restart.
std::int64_t uses(php::value const& state) {
  return count_in(state["opcache_statistics"]["hits"]) + count_in(state["opcache_statistics"]["misses"]);
}

// Somebody else's restart was scheduled and took place while the request ran; PHP refuses a second one beside it.
// OPcache is as empty as it should be.
bool restarted_meanwhile(php::value const& before, php::value const& after) {
  if (before.is_null() || after.is_null()) return false;
  restart_state const first(before);
  restart_state const then(after);
  return then.start_time == first.start_time && then.restarts > first.restarts;
}

// PHP returns only false for a reset that it did not schedule. The state beside it tells why.
void require_scheduled(agent::answer const& answer, std::string const& where) {
  php::value const& before = answer.result["before"];
  if (before["file_cache_only"].as_bool()) {
    throw file_cache_only_error("there is nothing in memory to reset")
        .advise("cachetool opcache:reset:file-cache empties " + base::shell_word(before["file_cache"].as_string()))
        .on(where);
  }
  if (answer.result["accepted"].as_bool() || answer.result["after"]["restart_pending"].as_bool()) return;
  if (restarted_meanwhile(before, answer.result["after"])) return;
  if (before.is_null()) {
    throw error(error_kind::php_error, "opcache_reset() refused, and without opcache_get_status() nothing tells why")
        .advise("take opcache_get_status out of disable_functions")
        .during(phase::answer)
        .on(where);
  }
  if (!before["opcache_enabled"].as_bool()) {
    throw error(error_kind::opcache_off, "OPcache is off in this pool, nothing was reset")
        .advise("name another pool of this php-fpm, where OPcache is on: they share one cache")
        .blame_on(blame::setting, "opcache.enable")
        .during(phase::answer)
        .on(where);
  }
  throw error(error_kind::php_error, "opcache_reset() refused without a reason").during(phase::answer).on(where);
}

/// The work of one reset().
class resetting {
 public:
  resetting(adapter::adapter& php, reset_options const& options) : php_(php), options_(options) {}

  reset_report run();

 private:
  [[nodiscard]] bool looks_first() const;
  agent::answer ask_for_reset();
  bool is_wanted();
  void skip(std::string why);
  [[nodiscard]] std::string why_not_wasted(php::value const& state) const;
  std::string why_not_idle();
  void weigh();
  void await_ages();
  blockers find_lasting();
  void keep(php::value const& before);
  void wait(restart_state const& before);
  bool look(restart_state const& before, milliseconds patience);
  void name_blockers();
  void drive();

  adapter::adapter& php_;
  reset_options const& options_;
  reset_report report_;
};

reset_report resetting::run() {
  if (looks_first() && !is_wanted()) return std::move(report_);
  auto const start = clock::now();
  agent::answer const answer = ask_for_reset();
  require_scheduled(answer, php_.label());
  php::value const& before = answer.result["before"];
  report_.from = from(answer);
  report_.joined = !answer.result["accepted"].as_bool();
  if (before.is_null()) {
    drive();
    report_.what = reset_report::outcome::unconfirmed;
    return std::move(report_);
  }
  keep(before);
  wait(restart_state(before));
  report_.took = clock::now() - start;
  if (report_.what != reset_report::outcome::scheduled) return std::move(report_);
  php_.pause(closing_time);
  report_.running = php_.connections();
  name_blockers();
  return std::move(report_);
}

// A request that begins while another one restarts OPcache runs without OPcache to its end, and can schedule nothing.
agent::answer resetting::ask_for_reset() {
  constexpr int most_tries = 50;
  agent::answer answer = php_.run(ask("opcache.reset"));
  for (int tries = 1; tries < most_tries; ++tries) {
    php::value const& v = answer.result;
    if (v["accepted"].as_bool() || !v["before"]["restarting"].as_bool() || v["after"]["restart_pending"].as_bool())
      break;
    php_.pause(milliseconds{2});
    answer = php_.run(ask("opcache.reset"));
  }
  return answer;
}

bool resetting::looks_first() const {
  return options_.if_wasted || options_.if_idle || options_.careful || options_.safe;
}

// Looks at the cache before anything is changed.
bool resetting::is_wanted() {
  agent::answer const answer = php_.run(ask("opcache.state"));
  php::value const& state = answer.result;
  report_.from = from(answer);
  if (state["restart_pending"].as_bool() || !state["opcache_enabled"].as_bool()) return true;  // PHP has its answer
  keep(state);
  std::string why = why_not_wasted(state);
  if (why.empty() && options_.if_idle) why = why_not_idle();
  if (!why.empty()) {
    skip(std::move(why));
    return false;
  }
  if (options_.careful || options_.safe) weigh();
  return true;
}

void resetting::skip(std::string why) {
  report_.what = reset_report::outcome::skipped;
  report_.skipped = std::move(why);
}

void resetting::keep(php::value const& before) {
  report_.file_cache = before["file_cache"].as_string();
  report_.frozen = before["frozen"].as_string();
  report_.validates_timestamps = before["validate_timestamps"].as_bool();
  report_.preloaded = static_cast<std::int64_t>(before["preload_statistics"]["scripts"].entries().size());
  report_.kill_after = std::chrono::seconds{count_in(before["force_restart_timeout"])};
}

std::string resetting::why_not_wasted(php::value const& state) const {
  if (!options_.if_wasted) return {};
  php::value const& memory = state["memory_usage"];
  auto const wasted = static_cast<double>(count_in(memory["wasted_memory"]));
  double const all = wasted + static_cast<double>(count_in(memory["used_memory"])) +
                     static_cast<double>(count_in(memory["free_memory"]));
  double const part = all > 0 ? 100 * wasted / all : 0;
  if (part >= static_cast<double>(*options_.if_wasted)) return {};
  return percent(part) + " of the memory is wasted, less than " + std::to_string(*options_.if_wasted) + " %";
}

// PHP counts how often its cache is used. Looking may itself add to that count, through an auto_prepend_file for
// instance. Two looks in a row show how much it adds.
std::string resetting::why_not_idle() {
  auto const look = [this] { return php_.run(ask("opcache.state")).result; };
  auto const running = [this]() -> std::string {
    php_.pause(closing_time);
    std::int64_t const count = running_requests(php_).value_or(0);
    return count == 0 ? "" : count == 1 ? "a request is running" : std::to_string(count) + " requests are running";
  };
  std::int64_t const at_first = uses(look());
  php::value const before = look();
  if (std::string why = running(); !why.empty()) return why;
  php_.pause(*options_.if_idle);
  php::value const after = look();
  std::int64_t const own = uses(before) - at_first;
  std::int64_t const used = uses(after) - uses(before) - own;
  if (used > 0 || restart_state(after).start_time != restart_state(before).start_time) {
    return "the cache was used within the " + base::duration_text(*options_.if_idle) + " in which it was watched";
  }
  return running();
}

void resetting::weigh() {
  if (options_.safe) await_ages();
  blockers const lasting = find_lasting();
  report_.risks = risks_of(lasting.running, users_of(php_), report_.kill_after);
  if (!options_.safe) return;
  if (!report_.risks.empty()) {
    throw error(error_kind::refused, "nothing was reset: " + report_.risks.front())
        .advise("try again when that request has ended; without --safe it is reset all the same")
        .during(phase::answer)
        .on(php_.label());
  }
  if (!lasting.ages_hidden || running_requests(php_) == 0) return;
  throw error(error_kind::refused, "nothing was reset: for how long requests run already could not be asked")
      .advise(
          "a worker is starting, may start on demand (pm = ondemand), all are busy, or fpm_get_status() is disabled; "
          "without --safe it is reset all the "
          "same")
      .during(phase::answer)
      .on(php_.label());
}

void resetting::await_ages() {
  auto const until = clock::now() + starting_time;
  while (!may_ask_for_ages(php_) && clock::now() < until) php_.pause(look_interval);
}

// Keeps looking for a while at requests of unknown age, if they matter, and returns those that go on.
blockers resetting::find_lasting() {
  blockers found = find_blockers(php_);
  auto const unknown = [&running = found.running] {
    return std::any_of(running.begin(), running.end(), [](blocker const& each) { return !each.age; });
  };
  bool const they_matter = options_.safe || users_of(php_).size() > 1;
  auto const until = clock::now() + looking_time;
  while (they_matter && unknown() && clock::now() < until) {
    php_.pause(look_interval);
    keep_running(php_, found.running);
  }
  if (!they_matter) std::erase_if(found.running, [](blocker const& each) { return !each.age; });
  return found;
}

// Looks once. True if there is nothing more to wait for.
bool resetting::look(restart_state const& before, milliseconds patience) {
  agent::call call = ask("opcache.state");
  call.timeout = patience;
  agent::answer const answer = php_.run(call);
  restart_state const now(answer.result);
  bool const is_another = now.start_time != 0 && now.start_time < before.start_time;
  if (is_another) {
    throw error(error_kind::refused, "another php-fpm answers at this address than the one that was to be reset")
        .advise("it leads to several of them: name each by an address of its own")
        .during(phase::answer)
        .on(php_.label());
  }
  if (now.start_time != before.start_time) {
    report_.what = reset_report::outcome::reloaded;
  } else if (now.restarts > before.restarts) {
    report_.what = reset_report::outcome::confirmed;
  }
  return report_.what != reset_report::outcome::scheduled;
}

// php-fpm performs the restart when a request begins while no running one uses the cache. So looking brings it about.
void resetting::wait(restart_state const& before) {
  constexpr milliseconds pauses[] = {milliseconds{2},  milliseconds{5},   milliseconds{10}, milliseconds{20},
                                     milliseconds{50}, milliseconds{100}, milliseconds{250}};
  auto const until = clock::now() + options_.patience;
  auto named = clock::now();
  for (std::size_t round = 0;; ++round) {
    auto const left = std::chrono::ceil<milliseconds>(until - clock::now());
    try {
      if (look(before, std::clamp(left, milliseconds{100}, looking_time))) return;
    } catch (error const& failed) {
      if (failed.kind() != error_kind::timeout) throw;  // a full pool: the reset stays scheduled
    }
    auto const next = pauses[std::min(round, std::size(pauses) - 1)];
    if (clock::now() + next >= until) return;
    if (options_.tell && clock::now() - named >= looking_time) {
      name_blockers();
      named = clock::now();
    }
    php_.pause(next);
  }
}

void resetting::name_blockers() {
  std::vector<blocker> now = find_blockers(php_).running;
  bool const is_news = !std::equal(now.begin(), now.end(), report_.blocked_by.begin(), report_.blocked_by.end(),
                                   [](blocker const& a, blocker const& b) { return a.pid == b.pid; });
  report_.blocked_by = std::move(now);
  if (options_.tell && is_news && !report_.blocked_by.empty()) options_.tell(report_.blocked_by);
}

// For a PHP that may not tell whether the restart took place: on an idle pool one more request performs it.
void resetting::drive() {
  try {
    (void)php_.run(ask("opcache.state"));
  } catch (error const& failed) {
    if (failed.kind() != error_kind::disabled) throw;
  }
}

}  // namespace

std::string describe(blocker const& who) {
  std::string out = "worker " + std::to_string(who.pid);
  if (!who.pool.empty()) out += " of the pool " + who.pool;
  if (who.user) out += " (uid " + std::to_string(*who.user) + ")";
  if (!who.script.empty()) out += ", " + who.script;
  if (who.age) out += ", for " + base::duration_text(*who.age - *who.age % milliseconds(100));
  return out;
}

std::vector<std::string> risks_of(std::vector<blocker> const& running, std::vector<std::int64_t> const& users,
                                  std::chrono::seconds kill_after) {
  std::vector<std::string> out;
  if (kill_after.count() == 0) return out;
  std::string const more = ": if it goes on for " + std::to_string(kill_after.count()) + " s more, ";
  for (blocker const& each : running) {
    if (each.age && *each.age * 2 < kill_after) continue;
    out.push_back("a request runs for long already (" + describe(each) + ")" + more +
                  (users.size() < 2 ? "PHP ends its worker, and its client gets no answer"
                                    : "PHP tries to end its worker, and while it may not, because it is another "
                                      "user's, every request gets an empty page"));
  }
  return out;
}

reset_report reset(adapter::adapter& php, reset_options const& options) {
  return resetting(php, options).run();
}

}  // namespace cachetool::opcache
