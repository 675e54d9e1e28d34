#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>

#include "base/unique_fd.hpp"

namespace cachetool::cli {

/// What must be done once, when every php-fpm is ready for it, and not at all if one of them is not. They are worked on
/// in threads of their own, of which there must be as many as php-fpm: meeting::all_at_once.
class switch_gate {
 public:
  /// INTERRUPT_FD ends every wait here when it becomes readable; -1 if there is none. Throws error (no_resources).
  switch_gate(std::size_t masters, std::function<void()> action, int interrupt_fd);

  /// One php-fpm's way through the gate. If it is destroyed before pass(), nothing is done for anybody.
  class ticket {
   public:
    explicit ticket(switch_gate& gate) : gate_(gate) {}
    ticket(ticket const&) = delete;
    ticket& operator=(ticket const&) = delete;
    ~ticket() {
      if (!used_) gate_.refuse();
    }

    /// Returns when it is done. Throws error (php_error) if it is not, because another php-fpm was not ready, error
    /// (interrupted) if that was not waited for, or what the action throws.
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
  base::unique_fd decided_;  // readable once it is done, or will not be
  int interrupt_fd_;
  std::size_t missing_;
  std::function<void()> action_;
  bool refused_ = false;
  std::exception_ptr failure_;
};

}  // namespace cachetool::cli
