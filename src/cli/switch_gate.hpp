#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

namespace cachetool::cli {

/// What must be done once, when every php-fpm is ready for it, and not at all if one of them is not. They are worked on
/// in threads of their own.
class switch_gate {
 public:
  switch_gate(std::size_t masters, std::function<void()> action) : missing_(masters), action_(std::move(action)) {}

  /// One php-fpm's way through the gate. If it is destroyed before pass(), nothing is done for anybody.
  class ticket {
   public:
    explicit ticket(switch_gate& gate) : gate_(gate) {}
    ticket(ticket const&) = delete;
    ticket& operator=(ticket const&) = delete;
    ~ticket() {
      if (!used_) gate_.refuse();
    }

    /// Returns when it is done. Throws error (php_error) if it is not, because another php-fpm was not ready, or what
    /// the action throws.
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
  void refuse();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t missing_;
  std::function<void()> action_;
  bool refused_ = false;
  std::exception_ptr failure_;
};

}  // namespace cachetool::cli
