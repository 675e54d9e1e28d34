#include "cli/targets/switch_gate.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <utility>

#include <cachetool/error.hpp>

namespace cachetool::cli {

switch_gate::switch_gate(std::size_t masters, std::function<void()> action, int interrupt_fd)
    : decided_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      interrupt_fd_(interrupt_fd),
      missing_(masters),
      action_(std::move(action)) {
  if (!decided_) throw error(error_kind::no_resources, "no descriptor is left to wait with");
}

void switch_gate::pass() {
  arrive();
  bool const waited = wait();
  std::lock_guard const lock(mutex_);
  // If the action was done before the interruption was noticed, it counts as done.
  bool const is_done = missing_ == 0 && !refused_;
  if (!waited && !is_done && !std::exchange(refused_, true)) {
    decide();
    throw error(error_kind::interrupted, "interrupted");
  }
  if (refused_) throw error(error_kind::php_error, "nothing was switched, because another php-fpm was not ready");
  if (failure_) std::rethrow_exception(failure_);
}

void switch_gate::arrive() {
  std::lock_guard const lock(mutex_);
  if (--missing_ > 0 || refused_) return;
  try {
    action_();
  } catch (...) {
    failure_ = std::current_exception();
  }
  decide();
}

bool switch_gate::wait() const {
  pollfd watched[2] = {{decided_.get(), POLLIN, 0}, {interrupt_fd_, POLLIN, 0}};
  while (poll(watched, 2, -1) < 0 && errno == EINTR) {
  }
  return watched[0].revents != 0;
}

void switch_gate::refuse() {
  std::lock_guard const lock(mutex_);
  refused_ = true;
  decide();
}

void switch_gate::decide() noexcept {
  eventfd_write(decided_.get(), 1);
}

}  // namespace cachetool::cli
