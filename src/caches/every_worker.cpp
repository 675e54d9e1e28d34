#include "caches/every_worker.hpp"

#include <algorithm>
#include <memory>

#include "caches/pool_sweep.hpp"

namespace cachetool::caches {
namespace {

using sweeps = std::vector<std::unique_ptr<pool_sweep>>;

/// The calls of all sweeps, and the sweep that each belongs to.
struct calls_in_progress {
  std::vector<fastcgi::operation*> works;
  std::vector<adapter::call_in_progress*> calls;
  std::vector<pool_sweep*> owners;
};

calls_in_progress collect(sweeps const& all) {
  calls_in_progress out;
  for (auto const& each : all) {
    for (adapter::call_in_progress* call : each->in_progress()) {
      out.works.push_back(call);
      out.calls.push_back(call);
      out.owners.push_back(each.get());
    }
  }
  return out;
}

void drive(sweeps const& all, base::time_point until, int interrupt_fd) {
  while (!base::passed(until)) {
    base::time_point wakes = until;
    for (auto const& each : all) {
      each->begin_calls();
      if (!each->over()) wakes = std::min(wakes, each->wakes());
    }
    if (std::all_of(all.begin(), all.end(), [](auto const& each) { return each->over(); })) return;
    calls_in_progress const now = collect(all);
    auto const end = fastcgi::run_any(now.works, wakes, interrupt_fd);
    if (end) now.owners[end->index]->ended(*now.calls[end->index], end->failure);
  }
}

std::string pids_text(std::vector<std::int64_t> const& pids) {
  std::string out;
  for (std::int64_t const pid : pids) out += (out.empty() ? "" : ", ") + std::to_string(pid);
  return out;
}

}  // namespace

std::string pool_name(sweep const& swept, std::string const& address) {
  return swept.from.pool.empty() ? address : swept.from.pool;
}

std::optional<std::string> why_incomplete(sweep const& swept, std::string const& address) {
  std::string const pool = "the pool " + pool_name(swept, address);
  if (swept.failure) return "the pool at " + address + " could not be asked: " + swept.failure->message();
  if (!swept.workers_known) return "nobody tells which workers " + pool + " has";
  if (swept.missing.empty()) return std::nullopt;
  return "not every worker could be reached: " + pids_text(swept.missing) + " of " + pool;
}

std::vector<sweep> run_in_every_worker(std::span<adapter::adapter* const> pools, agent::call const& what,
                                       std::chrono::milliseconds patience) {
  auto const until = base::after(patience);
  sweeps all;
  for (adapter::adapter* php : pools) all.push_back(std::make_unique<pool_sweep>(*php, what, until));
  drive(all, until, pools.empty() ? -1 : pools.front()->interrupt_fd());
  std::vector<sweep> out;
  for (auto const& each : all) out.push_back(each->finish());
  return out;
}

}  // namespace cachetool::caches
