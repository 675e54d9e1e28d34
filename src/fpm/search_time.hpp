#pragma once

#include <chrono>

namespace cachetool::fpm {

/// How long a whole search may take, and what ends it earlier. Somebody may have made things here that take for ever to
/// look at.
class search_time {
 public:
  using clock = std::chrono::steady_clock;

  /// `interrupt_fd` becomes readable once the caller no longer wants the result; -1 if there is none.
  explicit search_time(std::chrono::milliseconds most, int interrupt_fd = -1);

  /// A part of what is left, at most `most`.
  [[nodiscard]] search_time part(std::chrono::milliseconds most) const;

  /// False once nothing more may begin. Throws error (interrupted).
  [[nodiscard]] bool goes_on() const;

  [[nodiscard]] std::chrono::milliseconds left() const;

  /// Sleeps, but not beyond the end of the time. Throws error (interrupted).
  void pause(std::chrono::milliseconds time) const;

 private:
  search_time(clock::time_point until, int interrupt_fd) : until_(until), interrupt_fd_(interrupt_fd) {}
  void listen(std::chrono::milliseconds time) const;

  clock::time_point until_;
  int interrupt_fd_;
  mutable clock::time_point listened_{};  // when it last asked the kernel, which costs more than the clock
};

}  // namespace cachetool::fpm
