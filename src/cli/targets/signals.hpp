#pragma once

#include <signal.h>

#include <chrono>
#include <optional>

#include "base/unique_fd.hpp"

namespace cachetool::cli {

/// While it lives, SIGINT, SIGTERM and SIGHUP do not end the program but make fd() readable, so that cleaning up is
/// ordinary code. After the first of them has been taken the next ends the program at once. A deadline does the same.
class signal_watch {
 public:
  explicit signal_watch(std::optional<std::chrono::milliseconds> deadline = {});
  ~signal_watch();
  signal_watch(signal_watch const&) = delete;
  signal_watch& operator=(signal_watch const&) = delete;

  /// Readable once a signal arrived, or the deadline is over.
  [[nodiscard]] int fd() const noexcept { return both_ ? both_.get() : signals_.get(); }

  /// Readable once a signal arrived.
  [[nodiscard]] int signal_fd() const noexcept { return signals_.get(); }

  [[nodiscard]] bool deadline_is_over() const noexcept;

  /// The signal that arrived, 0 if none did. Ends the watch.
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
