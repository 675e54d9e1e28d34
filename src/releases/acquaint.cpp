#include "releases/acquaint.hpp"

#include <algorithm>
#include <set>

#include "caches/ask.hpp"

namespace cachetool::releases {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds shortest_pause{2};
constexpr std::chrono::milliseconds longest_pause{50};

// Asks whichever worker is free. Returns its answer, or an empty one if none answered.
agent::answer ask_one(adapter::adapter& php) {
  agent::call call = caches::ask("deploy.acquaint");
  call.timeout = std::chrono::seconds{1};
  try {
    return php.run(call);
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    return {};
  }
}

// Twice as long as it took, in seconds: a busy pool needs longer to recover.
std::chrono::milliseconds rest_after(double seconds) {
  bool const is_time = seconds >= 0 && seconds < 1;  // what PHP answers may be anything
  auto const rest = is_time ? std::chrono::milliseconds(static_cast<int>(2000 * seconds)) : longest_pause;
  return std::clamp(rest, shortest_pause, longest_pause);
}

void acquaint(adapter::adapter& php, clock::time_point until) {
  std::set<std::int64_t> left;
  bool known = false;
  while (clock::now() < until) {
    agent::answer const answer = ask_one(php);
    if (answer.pid == 0) return;
    if (auto const alive = php.workers(answer.pool); !known && alive) left = {alive->begin(), alive->end()};
    known = true;
    left.erase(answer.pid);
    if (left.empty()) return;
    php.pause(rest_after(answer.result.as_double()));
  }
}

}  // namespace

void acquaint_workers(std::span<adapter::adapter* const> pools, std::chrono::milliseconds patience) {
  for (adapter::adapter* php : pools) acquaint(*php, clock::now() + patience);
}

}  // namespace cachetool::releases
