#include "fpm/search_time.hpp"

#include <poll.h>

#include <algorithm>

#include <cachetool/error.hpp>

namespace cachetool::fpm {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds listen_interval{10};

}  // namespace

search_time::search_time(milliseconds most, int interrupt_fd)
    : until_(clock::now() + most), interrupt_fd_(interrupt_fd), listened_(clock::now()) {}

search_time search_time::part(milliseconds most) const {
  return {std::min(until_, clock::now() + most), interrupt_fd_};
}

bool search_time::goes_on() const {
  auto const now = clock::now();
  if (now - listened_ >= listen_interval) {
    listened_ = now;
    listen(milliseconds{0});
  }
  return now < until_;
}

milliseconds search_time::left() const {
  return std::max(std::chrono::ceil<milliseconds>(until_ - clock::now()), milliseconds{0});
}

void search_time::pause(milliseconds time) const {
  listen(std::min(time, left()));
}

void search_time::listen(milliseconds time) const {
  pollfd watched{interrupt_fd_, POLLIN, 0};
  if (poll(&watched, 1, static_cast<int>(time.count())) > 0) throw error(error_kind::interrupted, "interrupted");
}

}  // namespace cachetool::fpm
