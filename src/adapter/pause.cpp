#include <poll.h>

#include <algorithm>
#include <chrono>

#include "adapter/adapter.hpp"

namespace cachetool::adapter {

void pause(std::chrono::milliseconds duration, int interrupt_fd) {
  using clock = std::chrono::steady_clock;
  auto const until = clock::now() + duration;
  for (;;) {
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    if (left.count() <= 0) return;
    pollfd wait{interrupt_fd, POLLIN, 0};
    // EINTR only shortens one round.
    if (poll(&wait, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000))) > 0) {
      throw error(error_kind::interrupted, "interrupted");
    }
  }
}

}  // namespace cachetool::adapter
