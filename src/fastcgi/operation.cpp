#include "fastcgi/operation.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace cachetool::fastcgi {

namespace {

/// Rounded up: a poll() that returns a moment too early would be repeated with a timeout of 0.
int poll_timeout(base::time_point until) {
  auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - base::clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
}

/// The error that ends the wait for all of them.
error failure(std::span<operation* const> works, error_kind kind, std::string message) {
  return works.empty() ? error(kind, std::move(message)) : works.front()->failure(kind, std::move(message));
}

/// Fills in the events that came. `watched` has a place for each operation, and one more.
void wait(std::span<operation* const> works, base::time_point until, int interrupt_fd, std::vector<pollfd>& watched) {
  for (std::size_t i = 0; i < works.size(); ++i) {
    interest const wanted = works[i]->wants();
    watched[i] = {wanted.fd, wanted.events, 0};
    until = std::min(until, wanted.until);
  }
  watched.back() = {interrupt_fd, POLLIN, 0};
  while (::poll(watched.data(), watched.size(), poll_timeout(until)) < 0) {
    if (errno != EINTR) throw failure(works, error_kind::protocol, "cannot wait: " + base::errno_text(errno));
  }
  if (watched.back().revents != 0) throw failure(works, error_kind::interrupted, "interrupted");
}

}  // namespace

std::optional<ending> run_any(std::span<operation* const> works, base::time_point until, int interrupt_fd) {
  std::vector<pollfd> watched(works.size() + 1, pollfd{});
  for (;;) {
    for (std::size_t i = 0; i < works.size(); ++i) {
      try {
        works[i]->advance(watched[i].revents);
      } catch (error const& failed) {
        return ending{i, failed};
      }
      if (works[i]->done()) return ending{i, std::nullopt};
    }
    if (base::passed(until)) return std::nullopt;
    wait(works, until, interrupt_fd, watched);
  }
}

void run(operation& work, int interrupt_fd) {
  operation* const only = &work;
  auto const end = run_any({&only, 1}, base::time_point::max(), interrupt_fd);
  if (end && end->failure) throw *end->failure;
}

}  // namespace cachetool::fastcgi
