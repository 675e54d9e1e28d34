#include "cli/signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

namespace cachetool::cli {

signal_watch::signal_watch() {
  sigset_t watched{};
  sigemptyset(&watched);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // A shell that runs us in the background, or nohup, has them ignored: so be it.
    struct sigaction current {};
    if (sigaction(signal, nullptr, &current) == 0 && current.sa_handler != SIG_IGN) sigaddset(&watched, signal);
  }
  sigprocmask(SIG_BLOCK, &watched, &before_);
  fd_ = fastcgi::unique_fd(signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
}

signal_watch::~signal_watch() {
  restore();
}

int signal_watch::take() noexcept {
  signalfd_siginfo info{};
  bool const arrived = read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info);
  restore();
  return arrived ? static_cast<int>(info.ssi_signo) : 0;
}

void signal_watch::restore() noexcept {
  if (watching_) sigprocmask(SIG_SETMASK, &before_, nullptr);
  watching_ = false;
}

char const* signal_name(int signal) noexcept {
  return signal == SIGINT ? "SIGINT" : signal == SIGTERM ? "SIGTERM" : signal == SIGHUP ? "SIGHUP" : "a signal";
}

}  // namespace cachetool::cli
