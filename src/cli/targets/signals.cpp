#include "cli/targets/signals.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace cachetool::cli {

namespace {

base::unique_fd timer_of(std::chrono::milliseconds time) {
  base::unique_fd timer(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  itimerspec when{};
  when.it_value.tv_sec = time.count() / 1000;
  when.it_value.tv_nsec = time.count() % 1000 * 1'000'000;
  timerfd_settime(timer.get(), 0, &when, nullptr);
  return timer;
}

base::unique_fd either_of(int one, int other) {
  base::unique_fd both(epoll_create1(EPOLL_CLOEXEC));
  for (int const fd : {one, other}) {
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    epoll_ctl(both.get(), EPOLL_CTL_ADD, fd, &wanted);
  }
  return both;
}

}  // namespace

signal_watch::signal_watch(std::optional<std::chrono::milliseconds> deadline) {
  sigset_t watched{};
  sigemptyset(&watched);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // A shell that runs us in the background, and nohup, set them to be ignored; they stay so.
    struct sigaction current {};
    if (sigaction(signal, nullptr, &current) == 0 && current.sa_handler != SIG_IGN) sigaddset(&watched, signal);
  }
  sigprocmask(SIG_BLOCK, &watched, &before_);
  signals_ = base::unique_fd(signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!deadline) return;
  timer_ = timer_of(*deadline);
  both_ = either_of(signals_.get(), timer_.get());
}

signal_watch::~signal_watch() {
  restore();
}

bool signal_watch::deadline_is_over() const noexcept {
  pollfd timer{timer_.get(), POLLIN, 0};  // a negative descriptor is never ready
  return poll(&timer, 1, 0) > 0;
}

int signal_watch::take() noexcept {
  signalfd_siginfo info{};
  bool const arrived = read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info);
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
