#include "caches/acquaint.hpp"

#include <algorithm>
#include <set>

#include "caches/ask.hpp"

namespace cachetool::deploy {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds shortest_pause{2};
constexpr std::chrono::milliseconds longest_pause{50};

// Asks whichever worker is free. Returns it, and nothing if none answered.
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
    auto const took = std::chrono::duration<double>(answer.result.as_double());
    php.pause(std::clamp(2 * std::chrono::ceil<std::chrono::milliseconds>(took), shortest_pause, longest_pause));
  }
}

}  // namespace

void acquaint_workers(std::span<adapter::adapter* const> pools, std::chrono::milliseconds patience) {
  for (adapter::adapter* php : pools) acquaint(*php, clock::now() + patience);
}

}  // namespace cachetool::deploy
