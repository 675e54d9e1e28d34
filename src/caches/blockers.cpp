#include "caches/blockers.hpp"

#include <algorithm>
#include <optional>

#include "caches/ask.hpp"
#include "fpm/lock_holders.hpp"
#include "fpm/processes.hpp"

#include <cachetool/error.hpp>

namespace cachetool::opcache {
namespace {

using caches::ask;

// The requests of this pool, the longest first. This is a courtesy: a failure here does not fail the command.
std::optional<std::vector<blocker>> requests_of_pool(adapter::adapter& php) {
  agent::call call = ask("fpm.requests");
  call.timeout = std::chrono::seconds{1};
  call.idempotent = false;  // not sent again: once it has ended a worker, another one is starting
  std::vector<blocker> found;
  try {
    agent::answer const answer = php.run(call);
    for (php::entry const& each : answer.result.entries()) {
      auto const fields = each.item.entries();
      if (fields.size() < 3) continue;
      std::chrono::microseconds const age{std::max<std::int64_t>(fields[1].item.as_int(), 0)};
      found.push_back({fields[0].item.as_int(), answer.pool, std::nullopt, std::string(fields[2].item.as_string()),
                       std::chrono::duration_cast<std::chrono::milliseconds>(age)});
    }
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    return std::nullopt;
  }
  std::stable_sort(found.begin(), found.end(), [](blocker const& a, blocker const& b) { return a.age > b.age; });
  return found;
}

// Adds what this machine knows of a worker to what PHP knows.
void complete(std::vector<blocker>& of_pool, std::vector<fpm::worker> const& workers) {
  for (blocker& each : of_pool) {
    auto const found = std::find_if(workers.begin(), workers.end(),
                                    [&each](fpm::worker const& one) { return one.self.pid == each.pid; });
    if (found != workers.end()) each.user = found->self.uid;
  }
}

std::vector<blocker> of_holders(std::vector<blocker> const& of_pool, std::vector<fpm::worker> const& holders) {
  std::vector<blocker> found;
  for (blocker const& each : of_pool) {
    bool const holds = std::any_of(holders.begin(), holders.end(),
                                   [&each](fpm::worker const& one) { return one.self.pid == each.pid; });
    if (holds) found.push_back(each);
  }
  for (fpm::worker const& each : holders) {
    bool const known =
        std::any_of(found.begin(), found.end(), [&each](blocker const& one) { return one.pid == each.self.pid; });
    if (!known) found.push_back({each.self.pid, each.pool, each.self.uid, {}, std::nullopt});
  }
  return found;
}

std::optional<std::vector<fpm::worker>> holders_of(adapter::adapter const& php) {
  auto const master = php.master();
  return master ? fpm::lock_holders(fpm::proc(), *master) : std::nullopt;
}

}  // namespace

bool may_ask_for_ages(adapter::adapter const& php) {
  auto const master = php.master();
  return !master || fpm::have_settled(fpm::proc(), *master);
}

blockers find_blockers(adapter::adapter& php) {
  fpm::proc const processes;
  auto const master = php.master();
  if (!master) return {};
  auto asked = may_ask_for_ages(php) && php.has_steady_workers() ? requests_of_pool(php) : std::nullopt;
  std::vector<blocker> of_pool = asked.value_or(std::vector<blocker>());
  complete(of_pool, fpm::workers(processes, *master).value_or({}));
  php.pause(std::chrono::milliseconds{2});  // the worker that answered last lets go of the cache meanwhile
  auto const holders = holders_of(php);
  return {holders ? of_holders(of_pool, *holders) : of_pool, !asked};
}

void keep_running(adapter::adapter& php, std::vector<blocker>& running) {
  auto const holders = holders_of(php);
  if (!holders) return;
  std::erase_if(running, [&holders](blocker const& each) {
    return std::none_of(holders->begin(), holders->end(),
                        [&each](fpm::worker const& one) { return one.self.pid == each.pid; });
  });
}

std::optional<std::int64_t> running_requests(adapter::adapter const& php) {
  auto const holders = holders_of(php);
  return holders ? std::optional(static_cast<std::int64_t>(holders->size())) : php.connections();
}

std::vector<std::int64_t> users_of(adapter::adapter const& php) {
  auto const master = php.master();
  if (!master) return {};
  auto const users = fpm::child_users(*master).value_or({});
  return {users.begin(), users.end()};
}

}  // namespace cachetool::opcache
