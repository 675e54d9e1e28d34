#include "adapter/retry.hpp"

#include <algorithm>

namespace cachetool::adapter {

agent::answer with_retries(std::function<agent::answer()> const& attempt,
                           std::function<retry_plan(error const&)> const& again, adapter& self,
                           agent::observer& watcher) {
  for (int made = 0;; ++made) {
    try {
      return attempt();
    } catch (error& failed) {
      failed.on(self.label());
      retry_plan const plan = again(failed);
      if (made >= plan.retries) throw failed_call(failed, self);
      auto const wait = plan.first_pause * (1 << std::min(made, 6));
      watcher.retrying(failed, wait);
      self.pause(wait);
    }
  }
}

// A pool that is being reloaded refuses connections, or has no socket, for a moment. A worker that is recycled drops
// its connection.
bool may_send_again(error const& failed, agent::call const& what) noexcept {
  switch (failed.kind()) {
    case error_kind::unreachable:
    case error_kind::stale:
      return !failed.may_have_run() || what.idempotent;
    case error_kind::worker_died:
      return what.idempotent;
    default:
      return false;
  }
}

}  // namespace cachetool::adapter
