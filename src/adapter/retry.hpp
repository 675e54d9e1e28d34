#pragma once

#include <chrono>
#include <functional>

#include "adapter/adapter.hpp"
#include "agent/observer.hpp"

namespace cachetool::adapter {

/// How often something is tried again, and after which pause for the first time; each further one is twice as long.
struct retry_plan {
  int retries = 3;
  std::chrono::milliseconds first_pause{50};
};

/// What ATTEMPT returns. When it throws an error for which AGAIN returns a plan, it is made again as far as that goes.
agent::answer with_retries(std::function<agent::answer()> const& attempt,
                           std::function<retry_plan(error const&)> const& again, adapter& self,
                           agent::observer& watcher);

/// True for a call that may be sent again after this failure: the worker never saw it, or it does no harm twice.
bool may_send_again(error const& failed, agent::call const& what) noexcept;

}  // namespace cachetool::adapter
