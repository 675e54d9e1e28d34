#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>

#include "base/unique_fd.hpp"

namespace cachetool::cli {

/// Does something once when every php-fpm is ready for it, and not at all if one of them is not. Each php-fpm has a
/// thread of its own, so there must be as many threads as php-fpm: meeting::all_at_once.
class switch_gate {
 public:
  /// `interrupt_fd` ends every wait here when it becomes readable; -1 if there is none. Throws error (no_resources).
  switch_gate(std::size_t masters, std::function<void()> action, int interrupt_fd);

  /// One php-fpm's way through the gate. If it is destroyed before pass(), the action is not done for anybody.
  class ticket {
   public:
    explicit ticket(switch_gate& gate) : gate_(gate) {}
    ticket(ticket const&) = delete;
    ticket& operator=(ticket const&) = delete;
    ~ticket() {
      if (!used_) gate_.refuse();
    }

    /// Returns when the action is done. Throws error: php_error if it is not done because another php-fpm was not
    /// ready, interrupted if the wait was interrupted, or what the action throws.
    void pass() {
      used_ = true;
      gate_.pass();
    }

   private:
    switch_gate& gate_;
    bool used_ = false;
  };

 private:
  void pass();
  void arrive();
  void refuse();
  void decide() noexcept;

  /// False if the wait was interrupted.
  [[nodiscard]] bool wait() const;

  std::mutex mutex_;
  base::unique_fd decided_;  // readable once the action is done, or will not be
  int interrupt_fd_;
  std::size_t missing_;
  std::function<void()> action_;
  bool refused_ = false;
  std::exception_ptr failure_;
};

}  // namespace cachetool::cli
