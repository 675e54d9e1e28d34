#pragma once

#include <chrono>

namespace cachetool::fpm {

/// How long a look around may take as a whole, and what ends it before. What is looked at may be anybody's, made to be
/// looked at for ever.
class search_time {
 public:
  using clock = std::chrono::steady_clock;

  /// INTERRUPT_FD: readable once the caller does not want to know any more; -1 if there is none.
  explicit search_time(std::chrono::milliseconds most, int interrupt_fd = -1);

  /// A part of what is left, MOST of it.
  [[nodiscard]] search_time part(std::chrono::milliseconds most) const;

  /// False once nothing more may be begun. Throws error (interrupted).
  [[nodiscard]] bool goes_on() const;

  [[nodiscard]] std::chrono::milliseconds left() const;

  /// Sleeps; less if the time is over before that. Throws error (interrupted).
  void pause(std::chrono::milliseconds time) const;

 private:
  search_time(clock::time_point until, int interrupt_fd) : until_(until), interrupt_fd_(interrupt_fd) {}
  void listen(std::chrono::milliseconds time) const;

  clock::time_point until_;
  int interrupt_fd_;
  mutable clock::time_point listened_{};  // asking the kernel costs more than the clock
};

}  // namespace cachetool::fpm
