#include "fastcgi/operation.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "fastcgi/text.hpp"

namespace cachetool::fastcgi {

namespace {

/// Rounded up, because a poll() that returns a moment too early would be repeated with a timeout of 0.
int poll_timeout(time_point until) {
  auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
}

short wait(operation const& work, int interrupt_fd) {
  interest const wanted = work.wants();
  std::array<pollfd, 2> watched{pollfd{wanted.fd, wanted.events, 0}, pollfd{interrupt_fd, POLLIN, 0}};
  while (::poll(watched.data(), watched.size(), poll_timeout(wanted.until)) < 0) {
    if (errno != EINTR) throw work.failure(error_kind::protocol, "cannot wait: " + errno_text(errno));
  }
  if (watched[1].revents != 0) throw work.failure(error_kind::interrupted, "interrupted");
  return watched[0].revents;
}

}  // namespace

void run(operation& work, int interrupt_fd) {
  for (work.advance(0); !work.done();) work.advance(wait(work, interrupt_fd));
}

}  // namespace cachetool::fastcgi
