#include "fastcgi/connector.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/text.hpp"
#include "fastcgi/connect_error.hpp"

namespace cachetool::fastcgi {

namespace {

constexpr std::chrono::milliseconds first_pause{1};
constexpr std::chrono::milliseconds longest_pause{50};

}  // namespace

connector::connector(endpoint where, std::chrono::milliseconds timeout)
    : where_(std::move(where)), timeout_(timeout), deadline_(base::after(timeout)), attempt_ends_(deadline_) {}

interest connector::wants() const {
  if (lookup_) return {lookup_->fd(), POLLIN, deadline_};
  return {socket_.get(), POLLOUT, std::min(attempt_ends_, deadline_)};
}

void connector::advance(short ready) {
  if (lookup_ && ready != 0) return finish_lookup();
  if (!lookup_ && addresses_.empty()) return begin();
  if (socket_ && ready != 0) return conclude(pending_error(socket_.get()));
  if (base::passed(deadline_)) throw first_failure_ ? *first_failure_ : timed_out();
  if (lookup_ || !base::passed(attempt_ends_)) return;
  if (socket_) return try_next(timed_out());
  try_address();
}

error connector::failure(error_kind kind, std::string message) const {
  return error(kind, std::move(message)).during(lookup_ ? phase::resolve : phase::connect).on(where_.text());
}

void connector::begin() {
  if (!where_.is_tcp()) {
    addresses_ = {unix_address(where_)};
    return try_address();
  }
  if (auto numeric = numeric_addresses(where_.host(), where_.port())) {
    addresses_ = std::move(*numeric);
    return try_address();
  }
  try {
    lookup_.emplace(where_.host(), where_.port());
  } catch (std::system_error const&) {
    throw failure(error_kind::unreachable,
                  "cannot look up the host name: the system has no thread or descriptor left for that")
        .during(phase::resolve);
  }
}

void connector::finish_lookup() {
  addresses_ = lookup_->addresses();
  if (addresses_.empty()) {
    throw failure(error_kind::unreachable, "cannot look up the host name: " + lookup_->reason())
        .advise("give the address as a number, for example 127.0.0.1:9000");
  }
  lookup_.reset();
  try_address();
}

void connector::try_address() {
  auto const left = static_cast<int>(addresses_.size() - current_);
  attempt_ends_ = base::clock::now() + (deadline_ - base::clock::now()) / left;
  socket_ = open_socket(addresses_[current_]);
  conclude(socket_ ? start_connect(socket_.get(), addresses_[current_]) : errno);
}

void connector::conclude(int code) {
  if (code == EINPROGRESS) return;
  // A reset means that there was a connection (a refusal is ECONNREFUSED). Whoever uses it finds out why it was
  // dropped.
  if (code == 0 || code == ECONNRESET) {
    connected_ = true;
  } else if (code == EAGAIN && !where_.is_tcp()) {
    wait_for_place();
  } else {
    try_next(connect_error(where_, code));
  }
}

/// A non-blocking connect() to a unix socket whose backlog is full fails at once instead of waiting.
void connector::wait_for_place() {
  socket_.reset();
  pause_ = pause_ == pause_.zero() ? first_pause : std::min(pause_ * 2, longest_pause);
  attempt_ends_ = base::clock::now() + pause_;
}

/// The first failure is reported: of localhost's two addresses, for instance, the second is the less likely one.
void connector::try_next(error why) {
  socket_.reset();
  if (!first_failure_) first_failure_ = std::move(why);
  if (++current_ == addresses_.size()) throw *first_failure_;
  try_address();
}

error connector::timed_out() const {
  std::string const limit = base::duration_text(timeout_);
  if (lookup_) return failure(error_kind::timeout, "looking up the host name took longer than " + limit);
  if (pause_ == pause_.zero()) return failure(error_kind::timeout, "no connection within " + limit);
  return failure(error_kind::timeout, "the backlog was full for " + limit)
      .advise("all workers are busy: wait until php-fpm has less to do, or raise 'pm.max_children' of the pool");
}

}  // namespace cachetool::fastcgi
