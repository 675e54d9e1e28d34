#pragma once

#include <signal.h>

#include <chrono>
#include <optional>

#include "base/unique_fd.hpp"

namespace cachetool::cli {

/// While this object lives, SIGINT, SIGTERM and SIGHUP make fd() readable instead of ending the program, so that
/// cleaning up is ordinary code. A deadline does the same. After take() the next signal ends the program at once.
class signal_watch {
 public:
  explicit signal_watch(std::optional<std::chrono::milliseconds> deadline = {});
  ~signal_watch();
  signal_watch(signal_watch const&) = delete;
  signal_watch& operator=(signal_watch const&) = delete;

  /// Readable once a signal came or the deadline is over.
  [[nodiscard]] int fd() const noexcept { return both_ ? both_.get() : signals_.get(); }

  /// Readable once a signal came.
  [[nodiscard]] int signal_fd() const noexcept { return signals_.get(); }

  [[nodiscard]] bool deadline_is_over() const noexcept;

  /// Returns the signal that came, 0 if none did. Ends the watch.
  int take() noexcept;

 private:
  void restore() noexcept;

  sigset_t before_{};
  base::unique_fd signals_;
  base::unique_fd timer_;  // if there is a deadline
  base::unique_fd both_;
  bool watching_ = true;
};

/// "SIGTERM"
char const* signal_name(int signal) noexcept;

}  // namespace cachetool::cli
