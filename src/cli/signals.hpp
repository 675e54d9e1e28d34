#pragma once

#include <signal.h>

#include "fastcgi/unique_fd.hpp"

namespace cachetool::cli {

/// While it lives, SIGINT, SIGTERM and SIGHUP do not end the program but make fd() readable, so that cleaning up is
/// ordinary code. After the first of them has been taken the next ends the program at once.
class signal_watch {
 public:
  signal_watch();
  ~signal_watch();
  signal_watch(signal_watch const&) = delete;
  signal_watch& operator=(signal_watch const&) = delete;

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// The signal that arrived, 0 if none did. Ends the watch.
  int take() noexcept;

 private:
  void restore() noexcept;

  sigset_t before_{};
  fastcgi::unique_fd fd_;
  bool watching_ = true;
};

/// "SIGTERM"
char const* signal_name(int signal) noexcept;

}  // namespace cachetool::cli
