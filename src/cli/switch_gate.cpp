#include "cli/switch_gate.hpp"

#include <exception>

#include <cachetool/fastcgi/error.hpp>

namespace cachetool::cli {

void switch_gate::pass() {
  std::unique_lock lock(mutex_);
  if (--missing_ == 0 && !refused_) {
    try {
      action_();
    } catch (...) {
      failure_ = std::current_exception();
    }
    changed_.notify_all();
  }
  changed_.wait(lock, [this] { return missing_ == 0 || refused_; });
  if (refused_) throw error(error_kind::php_error, "nothing was switched, because another php-fpm was not ready");
  if (failure_) std::rethrow_exception(failure_);
}

void switch_gate::refuse() {
  std::lock_guard const lock(mutex_);
  refused_ = true;
  changed_.notify_all();
}

}  // namespace cachetool::cli
