#include "fastcgi/exchange.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "base/text.hpp"

namespace cachetool::fastcgi {

namespace {

/// php-fpm echoes the id and serves one request at a time on a connection, so all requests may have the same id.
constexpr std::uint16_t the_request_id = 1;
constexpr std::size_t buffer_size = std::size_t{64} << 10;

bool is_transient(int code) {
  return code == EINTR || code == EAGAIN || code == EWOULDBLOCK;
}

std::string encoded(request const& what, std::string const& endpoint) {
  try {
    return encode(what, the_request_id);
  } catch (error& reason) {
    throw reason.on(endpoint);
  }
}

}  // namespace

exchange::exchange(base::unique_fd socket, std::string endpoint, request const& what, client_options const& options,
                   body_sink const* sink)
    : socket_(std::move(socket)),
      endpoint_(std::move(endpoint)),
      request_(encoded(what, endpoint_)),
      answer_(endpoint_, the_request_id, options.max_body, sink),
      buffer_(new char[buffer_size]),
      timeout_(options.timeout),
      deadline_(base::after(options.timeout)),
      keep_connection_(what.keep_connection) {}

interest exchange::wants() const {
  return {socket_.get(), static_cast<short>(is_sending() ? POLLIN | POLLOUT : POLLIN), deadline_};
}

void exchange::advance(short ready) {
  if ((ready & (POLLIN | POLLHUP | POLLERR)) != 0) receive();
  if (!done() && is_sending() && (ready & POLLOUT) != 0) send();
  if (!done()) check_deadline();
}

error exchange::failure(error_kind kind, std::string message) const {
  return error(kind, std::move(message))
      .during(is_sending() ? phase::send : phase::receive)
      .on(endpoint_)
      .may_have_run(sent_ > 0);
}

base::unique_fd exchange::take_connection() {
  bool const reusable = keep_connection_ && sent_ == request_.size() && !answer_.has_surplus();
  return reusable ? std::move(socket_) : base::unique_fd();
}

void exchange::send() {
  auto const left = std::string_view(request_).substr(sent_);
  auto const count = ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL);
  if (count < 0) {
    // receive() finds out whether this is a failure: the answer may be there already.
    cannot_send_ = !is_transient(errno);
    return;
  }
  sent_ += static_cast<std::size_t>(count);
  // php-fpm keeps the worker until the client closes its end of the connection.
  if (!is_sending() && !keep_connection_) ::shutdown(socket_.get(), SHUT_WR);
}

void exchange::receive() {
  auto const count = ::recv(socket_.get(), buffer_.get(), buffer_size, 0);
  if (count > 0) return answer_.feed({buffer_.get(), static_cast<std::size_t>(count)});
  if (count < 0 && is_transient(errno)) return;
  is_closed_ = true;
  throw closed(count == 0 ? 0 : errno);
}

void exchange::check_deadline() const {
  if (!base::passed(deadline_)) return;
  std::string const limit = base::duration_text(timeout_);
  if (answer_.begun()) throw failure(error_kind::timeout, "the answer was not complete after " + limit);
  throw failure(error_kind::timeout, "no answer within " + limit)
      .advise("all workers may be busy: see 'pm.max_children' of the pool, or allow more time");
}

error exchange::closed(int code) const {
  std::string const how =
      code == 0 ? "the connection was closed" : "the connection broke (" + base::errno_text(code) + ")";
  return failure(error_kind::worker_died,
                 how + (answer_.begun() ? " in the middle of the answer" : " before any answer"))
      .advise("the log of php-fpm tells why the worker ended: a crash, a kill, 'request_terminate_timeout', memory");
}

}  // namespace cachetool::fastcgi
