#include "monitor/record.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "report/json.hpp"
#include "report/read_json.hpp"

namespace cachetool::monitor {
namespace {

constexpr std::int64_t shape = 1;  // another shape gets another number

struct named_count {
  std::string_view name;
  std::int64_t look::*member;
};

constexpr std::array counts{named_count{"time", &look::time},
                            named_count{"uptime", &look::uptime},
                            named_count{"start", &look::start},
                            named_count{"restarted", &look::restarted},
                            named_count{"hits", &look::hits},
                            named_count{"misses", &look::misses},
                            named_count{"oom_restarts", &look::oom_restarts},
                            named_count{"hash_restarts", &look::hash_restarts},
                            named_count{"manual_restarts", &look::manual_restarts},
                            named_count{"used", &look::used},
                            named_count{"wasted", &look::wasted},
                            named_count{"keys", &look::keys},
                            named_count{"pending_since", &look::pending_since},
                            named_count{"limit_reached", &look::limit_reached},
                            named_count{"slow_requests", &look::slow_requests}};

constexpr std::array columns{&point::time, &point::used, &point::wasted, &point::keys, &point::resets, &point::life};

// So that differences and sums of them do not overflow.
std::int64_t within_reason(std::int64_t number) noexcept {
  constexpr std::int64_t most = std::int64_t{1} << 50;
  return std::clamp<std::int64_t>(number, -1, most);
}

// Columns, and the hit rate at the end.
std::optional<point> read_point(php::value const& from) {
  auto const cells = from.entries();
  if (cells.size() != columns.size() + 1) return std::nullopt;
  point out;
  for (std::size_t i = 0; i < columns.size(); ++i) out.*columns[i] = within_reason(cells[i].item.as_int());
  php::value const& rate = cells.back().item;
  if (!rate.is_null()) out.hit_rate = std::clamp(rate.as_double(), 0.0, 100.0);
  return out;
}

void write(report::json_writer& json, point const& what) {
  json.begin_array();
  for (auto const member : columns) json.integer(what.*member);
  what.hit_rate ? json.floating(*what.hit_rate) : json.null();
  json.end_array();
}

std::int64_t grown(std::int64_t before, std::int64_t now) noexcept {
  return std::max<std::int64_t>(now - before, 0);
}

// Points that are left out hand on what they counted.
void thin(std::vector<point>& points) {
  std::vector<point> kept;
  std::size_t const half = points.size() / 2;
  std::int64_t resets = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].resets += std::exchange(resets, 0);
    if (i < half && i % 2 == 1) {
      resets = points[i].resets;
    } else {
      kept.push_back(points[i]);
    }
  }
  points = std::move(kept);
}

std::int64_t life_of(look const& what) noexcept {
  return std::max(what.start, what.restarted);
}

}  // namespace

std::optional<record> read_record(std::string_view json) {
  auto const read = report::read_json(json);
  if (!read || (*read)["shape"].as_int() != shape || !(*read)["last"].is_array()) return std::nullopt;
  record out;
  out.endpoint = (*read)["endpoint"].as_string();
  php::value const& last = (*read)["last"];
  for (named_count const& each : counts) out.last.*each.member = within_reason(last[each.name].as_int());
  auto const points = (*read)["history"].entries();
  for (php::entry const& each : points.last(std::min(points.size(), most_points))) {
    if (auto one = read_point(each.item)) out.history.push_back(*one);
  }
  return out;
}

std::string text_of(record const& what) {
  std::string text;
  report::json_writer json([&text](std::string_view part) { text += part; });
  json.begin_object().key("shape").integer(shape).key("endpoint").string(what.endpoint).key("last").begin_object();
  for (named_count const& each : counts) json.key(each.name).integer(what.last.*each.member);
  json.end_object().key("history").begin_array();
  for (point const& each : what.history) write(json, each);
  json.end_array().end_object();
  json.flush();
  return text + "\n";
}

std::optional<advice::growth> growth_between(look const& before, look const& now) {
  bool const is_the_same = now.start != 0 && before.start == now.start && now.uptime >= before.uptime;
  if (!is_the_same) return std::nullopt;
  bool const is_new_count = before.restarted != now.restarted || now.hits < before.hits || now.misses < before.misses;
  advice::growth out;
  out.hits = is_new_count ? now.hits : now.hits - before.hits;
  out.misses = is_new_count ? now.misses : now.misses - before.misses;
  out.oom_restarts = grown(before.oom_restarts, now.oom_restarts);
  out.hash_restarts = grown(before.hash_restarts, now.hash_restarts);
  out.manual_restarts = grown(before.manual_restarts, now.manual_restarts);
  out.limit_reached = grown(before.limit_reached, now.limit_reached);
  out.slow_requests = grown(before.slow_requests, now.slow_requests);
  out.pending = now.pending_since >= 0 ? grown(now.pending_since, now.uptime) : 0;
  return out;
}

void add(record& to, look const& now, std::optional<advice::growth> const& since) {
  point next{now.time, now.used, now.wasted, now.keys, std::nullopt, since ? since->manual_restarts : 0, life_of(now)};
  std::int64_t const asked = since ? since->hits + since->misses : 0;
  if (asked > 0) next.hit_rate = 100.0 * static_cast<double>(since->hits) / static_cast<double>(asked);
  to.last = now;
  to.history.push_back(next);
  if (to.history.size() > most_points) thin(to.history);
}

// A clock that was set back, or far ahead, makes points useless: they are left out, or make the growth seem slow.
std::optional<std::int64_t> time_until_full(record const& of, std::int64_t free) {
  constexpr std::int64_t an_hour = 3600;
  constexpr std::int64_t window = 6 * an_hour;
  std::int64_t const now = of.last.time;
  auto const is_of_window = [&](point const& each) {
    return each.life == life_of(of.last) && each.time <= now - an_hour && each.time >= now - window;
  };
  auto const first = std::find_if(of.history.begin(), of.history.end(), is_of_window);
  if (first == of.history.end()) return std::nullopt;
  std::int64_t const growth = of.last.used + of.last.wasted - first->used - first->wasted;
  if (growth <= 0) return std::nullopt;
  double const rate = static_cast<double>(growth) / static_cast<double>(now - first->time);
  return static_cast<std::int64_t>(std::min(static_cast<double>(std::max<std::int64_t>(free, 0)) / rate, 1e12));
}

std::int64_t resets_in_a_day(record const& of) {
  constexpr std::int64_t a_day = 86400;
  std::int64_t sum = 0;
  for (point const& each : of.history) {
    if (each.time > of.last.time - a_day && each.time <= of.last.time) sum += each.resets;
  }
  return sum;
}

}  // namespace cachetool::monitor
