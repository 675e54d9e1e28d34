#include "monitor/measures.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "advice/checks.hpp"
#include "advice/load.hpp"
#include "advice/room.hpp"
#include "base/text.hpp"
#include "caches/figures.hpp"

namespace cachetool::monitor {
namespace {

using advice::share;

opcache::status const* status_of(sight const& seen) {
  auto const& status = seen.of.php.status;
  return status && !status->file_cache_only ? &*status : nullptr;
}

opcache::memory_usage const* memory_of(sight const& seen) {
  auto const* const status = status_of(seen);
  return status != nullptr && status->memory ? &*status->memory : nullptr;
}

opcache::statistics const* counts_of(sight const& seen) {
  auto const* const status = status_of(seen);
  return status != nullptr && status->counts ? &*status->counts : nullptr;
}

std::optional<double> memory(sight const& seen) {
  auto const* const it = memory_of(seen);
  return it == nullptr ? std::nullopt : std::optional(share(it->used + it->wasted, advice::total(*it)));
}

std::optional<double> wasted(sight const& seen) {
  auto const* const it = memory_of(seen);
  return it == nullptr ? std::nullopt : std::optional(share(it->wasted, advice::total(*it)));
}

std::optional<double> keys(sight const& seen) {
  auto const* const it = counts_of(seen);
  return it == nullptr ? std::nullopt : std::optional(share(it->keys, it->max_keys));
}

std::optional<double> strings(sight const& seen) {
  auto const* const status = status_of(seen);
  if (status == nullptr || !status->strings) return std::nullopt;
  return share(status->strings->used, status->strings->buffer_size);
}

std::optional<double> jit(sight const& seen) {
  auto const* const status = status_of(seen);
  if (status == nullptr) return std::nullopt;
  std::int64_t const size = caches::count_in(status->raw["jit"]["buffer_size"]);
  if (size == 0) return std::nullopt;
  return share(size - caches::count_in(status->raw["jit"]["buffer_free"]), size);
}

// Fewer scripts than that tell nothing: a look itself is a miss.
std::optional<double> hit_rate(sight const& seen) {
  constexpr std::int64_t enough = 100;
  auto const& since = seen.of.since;
  if (!since || since->hits + since->misses < enough) return std::nullopt;
  return share(since->hits, since->hits + since->misses);
}

std::optional<double> scripts(sight const& seen) {
  auto const* const it = counts_of(seen);
  return it == nullptr ? std::nullopt : std::optional(static_cast<double>(it->scripts));
}

template <std::int64_t advice::growth::*Member>
std::optional<double> since(sight const& seen) {
  if (!seen.of.since) return std::nullopt;
  return static_cast<double>((*seen.of.since).*Member);
}

std::optional<double> resets(sight const& seen) {
  return counts_of(seen) == nullptr ? std::nullopt
                                    : std::optional(static_cast<double>(resets_in_a_day(seen.remembered)));
}

std::optional<double> until_full(sight const& seen) {
  auto const* const it = memory_of(seen);
  auto const left = it == nullptr ? std::nullopt : time_until_full(seen.remembered, it->free);
  return left ? std::optional(static_cast<double>(*left)) : std::nullopt;
}

constexpr std::array opcache_table{
    measure{"memory", "%", "the memory used and wasted", "memory", "", memory},
    measure{"wasted", "%", "the memory wasted", "wasted", "", wasted},
    measure{"keys", "%", "the keys used", "keys", "", keys},
    measure{"strings", "%", "the buffer of strings used", "strings", "", strings},
    measure{"jit", "%", "the JIT compiler's buffer used", "jit", "", jit},
    measure{"hit_rate", "%", "the hit rate since the last check", "hit_rate", "", hit_rate},
    measure{"oom_restarts", "", "the restarts for want of memory since the last check", "restarts", "",
            since<&advice::growth::oom_restarts>},
    measure{"hash_restarts", "", "the restarts for want of keys since the last check", "restarts", "",
            since<&advice::growth::hash_restarts>},
    measure{"pending", "s", "the time for which a restart is pending", "pending", "", since<&advice::growth::pending>},
    measure{"resets", "", "the resets in a day", "", "24", resets},
    measure{"time_until_full", "s", "the time until the memory is full, as it grows now", "", "3600:", until_full},
    measure{"scripts", "", "the cached scripts", "", "", scripts}};

// Without the worker that answers.
std::optional<double> others(sight const& seen) {
  if (!seen.of.load) return std::nullopt;
  return static_cast<double>(std::max<std::int64_t>(seen.of.load->active - 1, 0));
}

std::optional<double> busy(sight const& seen) {
  auto const limit = seen.of.load ? advice::most_workers(seen.of) : std::nullopt;
  return limit ? std::optional(share(seen.of.load->active - 1, *limit)) : std::nullopt;
}

template <std::int64_t fpm::pool_status::*Member>
std::optional<double> of_load(sight const& seen) {
  return seen.of.load ? std::optional(static_cast<double>((*seen.of.load).*Member)) : std::nullopt;
}

constexpr std::array pool_table{
    measure{"busy", "%", "the busy workers, of pm.max_children", "busy", "", busy},
    measure{"queue", "", "the connections that wait", "queue", "", of_load<&fpm::pool_status::queue>},
    measure{"max_children", "", "the times that all workers were busy since the last check", "max_children", "",
            since<&advice::growth::limit_reached>},
    measure{"slow_requests", "", "the slow requests since the last check", "slow_requests", "",
            since<&advice::growth::slow_requests>},
    measure{"active", "", "the workers that run a request", "", "", others},
    measure{"workers", "", "the workers", "", "", of_load<&fpm::pool_status::workers>},
    measure{"accepted", "c", "the connections", "", "", of_load<&fpm::pool_status::accepted>}};

// Beside a threshold that is crossed, 90.4 must not read as 90.
std::string exact_percent(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value == std::floor(value) ? "%.0f %%" : "%.1f %%", value);
  return text.data();
}

std::string number_for(measure const& of, double value) {
  if (of.unit == "%") return exact_percent(value);
  if (of.unit == "s") return base::duration_text(std::chrono::seconds{static_cast<std::int64_t>(value)});
  return std::to_string(static_cast<std::int64_t>(value));
}

range const* find(std::map<std::string, range, std::less<>> const& in, std::string_view name) {
  auto const found = in.find(name);
  return found == in.end() ? nullptr : &found->second;
}

// What decides for this measure, and where.
struct bounds {
  std::optional<range> warning;
  std::optional<range> critical;
};

bounds bounds_of(measure const& what, thresholds const& limits) {
  if (!limits.have(what.name)) return {range::read(what.warning), std::nullopt};
  bounds out;
  if (auto const* const it = find(limits.warning, what.name)) out.warning = *it;
  if (auto const* const it = find(limits.critical, what.name)) out.critical = *it;
  return out;
}

void judge_by(bounds const& limits, measure const& what, double value, target_result& into) {
  bool const is_critical = limits.critical && limits.critical->alerts(value);
  if (!is_critical && !(limits.warning && limits.warning->alerts(value))) return;
  std::string const bound = is_critical ? limits.critical->text() : limits.warning->text();
  into.alerts.push_back({is_critical ? state::critical : state::warning,
                         std::string(what.meaning) + ": " + number_for(what, value) + " (threshold " + bound + ")",
                         ""});
}

figure figure_of(measure const& what, double value, bounds const& limits) {
  return {std::string(what.name),
          value,
          what.unit,
          limits.warning ? limits.warning->text() : "",
          limits.critical ? limits.critical->text() : "",
          0,
          what.unit == "%" ? std::optional(100.0) : std::nullopt};
}

// A figure that is not known in this look is judged by no threshold, so its rule still counts.
bool has_threshold(advice::finding const& what, sight const& seen, std::span<measure const> measures,
                   thresholds const& limits) {
  auto const is_its = [&](measure const& each) { return each.rule == what.name; };
  auto const is_judged = [&](measure const& each) { return limits.have(each.name) && each.value(seen); };
  return std::any_of(measures.begin(), measures.end(), is_its) &&
         std::all_of(measures.begin(), measures.end(),
                     [&](measure const& each) { return !is_its(each) || is_judged(each); });
}

// One rule judges two figures. If one of them has a threshold, only the other one is left to it.
advice::subject left_to_rules(advice::subject of, thresholds const& limits) {
  if (of.since && limits.have("oom_restarts")) of.since->oom_restarts = 0;
  if (of.since && limits.have("hash_restarts")) of.since->hash_restarts = 0;
  return of;
}

std::string summary_of(target_result const& of) {
  std::string text;
  for (figure const& each : of.figures) {
    if (each.unit != "%") continue;
    text += (text.empty() ? "" : ", ") + each.label + " " + advice::percent(each.value);
  }
  return text.empty() ? "nothing is wrong" : text;
}

std::int64_t uptime() noexcept {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return now.tv_sec;
}

}  // namespace

std::span<measure const> opcache_measures() noexcept {
  return opcache_table;
}

std::span<measure const> pool_measures() noexcept {
  return pool_table;
}

target_result check(sight const& seen, std::string_view step, std::span<measure const> measures,
                    thresholds const& limits) {
  target_result out;
  for (advice::finding const& each : advice::judge(left_to_rules(seen.of, limits))) {
    bool const is_failure = each.what.how == advice::level::failure;
    bool const counts =
        is_failure || (each.what.how == advice::level::warning && !has_threshold(each, seen, measures, limits));
    if (each.step == step && counts) {
      out.alerts.push_back({is_failure ? state::critical : state::warning, each.what.message, each.what.hint});
    }
  }
  for (measure const& each : measures) {
    auto const value = each.value(seen);
    if (!value) continue;
    bounds const deciding = bounds_of(each, limits);
    judge_by(deciding, each, *value, out);
    out.figures.push_back(figure_of(each, *value, deciding));
  }
  out.summary = summary_of(out);
  return out;
}

look look_at(advice::subject const& of, look const& before) {
  look out;
  out.time = ::time(nullptr);
  out.uptime = uptime();
  if (of.load) {
    out.start = of.load->start_time;
    out.limit_reached = of.load->limit_reached;
    out.slow_requests = of.load->slow_requests;
  } else if (of.php.status && of.php.status->counts && of.php.status->memory) {
    opcache::statistics const& counts = *of.php.status->counts;
    out.start = counts.start_time;
    out.restarted = counts.last_restart_time;
    out.hits = counts.hits;
    out.misses = counts.misses;
    out.oom_restarts = counts.oom_restarts;
    out.hash_restarts = counts.hash_restarts;
    out.manual_restarts = counts.manual_restarts;
    out.used = of.php.status->memory->used;
    out.wasted = of.php.status->memory->wasted;
    out.keys = counts.keys;
    bool const was_pending =
        before.pending_since >= 0 && before.start == out.start && before.restarted == out.restarted;
    if (of.php.status->restart_pending) out.pending_since = was_pending ? before.pending_since : out.uptime;
  }
  return out;
}

}  // namespace cachetool::monitor
