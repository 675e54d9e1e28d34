#include <poll.h>
#include <sys/socket.h>

#include <utility>

#include <cachetool/fastcgi/client.hpp>

#include "fastcgi/connector.hpp"
#include "fastcgi/exchange.hpp"

namespace cachetool::fastcgi {

namespace {

constexpr std::chrono::milliseconds silence_limit{100};

unique_fd open(endpoint const& where, std::chrono::milliseconds timeout, int interrupt_fd) {
  connector work(where, timeout);
  run(work, interrupt_fd);
  return work.take();
}

/// Finds out why a TCP connection was dropped without a word: php-fpm does so at once with a client that
/// listen.allowed_clients does not name, before it reads anything, and a worker that dies looks just the same. A second
/// connection, on which nothing is sent, tells: only the former drops it too.
bool turns_us_away(endpoint const& where) {
  try {
    auto const silent = open(where, silence_limit, -1);
    pollfd watched{silent.get(), POLLIN, 0};
    char byte = 0;
    return ::poll(&watched, 1, static_cast<int>(silence_limit.count())) == 1 &&
           ::recv(silent.get(), &byte, sizeof byte, 0) <= 0;
  } catch (error const&) {
    return false;
  }
}

error turned_away(endpoint const& where) {
  return error(error_kind::unreachable, "the connection was dropped before anything was read from it")
      .during(phase::connect)
      .on(where.text())
      .advise("add this machine's address to 'listen.allowed_clients' of the pool");
}

}  // namespace

struct connection::state {
  endpoint where;
  client_options options;
  unique_fd socket;

  response execute(request const& what, body_sink const* sink);
};

response connection::state::execute(request const& what, body_sink const* sink) {
  if (!socket) {
    throw error(error_kind::usage, "the connection was closed after the request before this one").on(where.text());
  }
  exchange call(std::move(socket), where.text(), what, options, sink);
  try {
    run(call, options.interrupt_fd);
  } catch (error const&) {
    if (where.is_tcp() && call.was_dropped() && turns_us_away(where)) throw turned_away(where);
    throw;
  }
  socket = call.take_connection();
  return call.take_response();
}

connection::connection(std::unique_ptr<state> s) : state_(std::move(s)) {}
connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;
connection::~connection() = default;

std::optional<peer_credentials> connection::peer() const {
  ucred found{};
  socklen_t size = sizeof found;
  if (state_->where.is_tcp() || ::getsockopt(state_->socket.get(), SOL_SOCKET, SO_PEERCRED, &found, &size) != 0) {
    return std::nullopt;
  }
  return peer_credentials{found.pid, found.uid, found.gid};
}

void connection::set_timeout(std::chrono::milliseconds timeout) noexcept {
  state_->options.timeout = timeout;
}

response connection::execute(request const& what) {
  return state_->execute(what, nullptr);
}

response connection::execute(request const& what, body_sink const& sink) {
  return state_->execute(what, &sink);
}

client::client(endpoint where, client_options options) : where_(std::move(where)), options_(options) {}

connection client::connect() const {
  auto socket = open(where_, options_.connect_timeout, options_.interrupt_fd);
  return connection(std::make_unique<connection::state>(connection::state{where_, options_, std::move(socket)}));
}

response client::execute(request const& what) const {
  return connect().execute(what);
}

response client::execute(request const& what, body_sink const& sink) const {
  return connect().execute(what, sink);
}

}  // namespace cachetool::fastcgi
