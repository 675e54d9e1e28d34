#include "caches/realpath_cache.hpp"

#include <algorithm>
#include <set>

#include "caches/ask.hpp"

namespace cachetool::realpath_cache {
namespace {

using caches::ask;
using caches::from;
using clock = std::chrono::steady_clock;
using pids = std::set<std::int64_t>;

std::string text(php::key const& key) {
  auto const* const number = std::get_if<std::int64_t>(&key);
  return number != nullptr ? std::to_string(*number) : *std::get_if<std::string>(&key);
}

pids workers_of(agent::answer const& answer) {
  pids out;
  for (php::entry const& each : answer.result.entries()) out.insert(each.item.as_int());
  return out;
}

// The workers that this machine sees.
pids visible_workers(adapter::adapter const& php, agent::answer const& answer) {
  auto const list = php.workers(answer.pool);
  return {list.begin(), list.end()};
}

/// The workers that have yet to answer.
class roll_call {
 public:
  roll_call(pids workers, agent::answer const& first) : missing_(std::move(workers)) { strike(first, missing_); }

  void strike(agent::answer const& answer, pids const& alive) {
    cleared_ += static_cast<std::int64_t>(missing_.erase(answer.pid));
    std::erase_if(missing_, [&alive](std::int64_t pid) { return alive.count(pid) == 0; });
  }

  [[nodiscard]] bool complete() const noexcept { return missing_.empty(); }
  [[nodiscard]] std::int64_t cleared() const noexcept { return cleared_; }
  [[nodiscard]] std::int64_t workers() const noexcept { return cleared_ + static_cast<std::int64_t>(missing_.size()); }

 private:
  pids missing_;
  std::int64_t cleared_ = 0;
};

// Which worker takes a request is the kernel's choice. One that is idle is soon reached by plain repetition; one that
// is busy answers when it is free, so there is no hurry then.
void breathe(adapter::adapter& php, std::int64_t requests, std::int64_t workers, clock::duration elapsed) {
  if (requests < 4 * workers) return;
  php.pause(std::chrono::milliseconds{elapsed > std::chrono::seconds{1} ? 30 : 2});
}

// VISIBLE: this machine sees the workers, so PHP need not list them.
void ask_the_others(adapter::adapter& php, roll_call& workers, bool visible, clock::time_point start,
                    clock::time_point until) {
  agent::call call = visible ? ask("stat.clear") : ask("stat.clear", {{"list", true}});
  for (std::int64_t requests = 1; !workers.complete() && clock::now() < until; ++requests) {
    breathe(php, requests, workers.workers(), clock::now() - start);
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    call.timeout = std::max(left, std::chrono::milliseconds{100});
    try {
      agent::answer const answer = php.run(call);
      workers.strike(answer, visible ? visible_workers(php, answer) : workers_of(answer));
    } catch (error const& failed) {
      if (failed.kind() != error_kind::timeout) throw;  // all are busy: the report says who was not reached
    }
  }
}

}  // namespace

listing read_entries(adapter::adapter& php) {
  agent::answer const answer = php.run(ask("stat.realpath_get"));
  listing out{from(answer), {}};
  for (php::entry const& each : answer.result.entries()) {
    php::value const& v = each.item;
    out.entries.push_back({text(each.key), v["key"], v["is_dir"].as_bool(), std::string(v["realpath"].as_string()),
                           v["expires"].as_int()});
  }
  return out;
}

size read_size(adapter::adapter& php) {
  agent::answer const answer = php.run(ask("stat.realpath_size"));
  return {from(answer), answer.result.as_int()};
}

clear_report clear(adapter::adapter& php, std::chrono::milliseconds patience) {
  auto const start = clock::now();
  agent::answer first = php.run(ask("stat.clear"));
  pids alive = visible_workers(php, first);
  bool const visible = alive.count(first.pid) > 0;  // not in another pid namespace, where the numbers are others
  if (!visible) {
    first = php.run(ask("stat.clear", {{"list", true}}));
    alive = workers_of(first);
  }
  if (alive.empty() || first.pid == 0) return {from(first), 0, 1};
  roll_call workers(alive, first);
  ask_the_others(php, workers, visible, start, start + patience);
  return {from(first), workers.workers(), workers.cleared()};
}

}  // namespace cachetool::realpath_cache
