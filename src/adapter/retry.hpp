#pragma once

#include <chrono>
#include <functional>

#include "adapter/adapter.hpp"
#include "agent/observer.hpp"

namespace cachetool::adapter {

/// How often to try again, and the pause before the first time; each further pause is twice as long.
struct retry_plan {
  int retries = 3;
  std::chrono::milliseconds first_pause{50};
};

/// Returns what `attempt` returns. If it throws an error for which `again` returns a plan, tries again as often as the
/// plan says. Then throws failed_call.
agent::answer with_retries(std::function<agent::answer()> const& attempt,
                           std::function<retry_plan(error const&)> const& again, adapter& self,
                           agent::observer& watcher);

/// True if the call may be sent again after this failure: the worker never saw it, or a second run does no harm.
bool may_send_again(error const& failed, agent::call const& what) noexcept;

}  // namespace cachetool::adapter
