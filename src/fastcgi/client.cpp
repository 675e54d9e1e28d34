#include <utility>

#include <cachetool/fastcgi/client.hpp>

#include "fastcgi/connector.hpp"
#include "fastcgi/dropped.hpp"
#include "fastcgi/exchange.hpp"
#include "fastcgi/socket.hpp"

namespace cachetool::fastcgi {

namespace {

base::unique_fd open(endpoint const& where, std::chrono::milliseconds timeout, int interrupt_fd) {
  connector work(where, timeout);
  run(work, interrupt_fd);
  return work.take();
}

}  // namespace

struct connection::state {
  endpoint where;
  client_options options;
  base::unique_fd socket;

  response execute(request const& what, body_sink const* sink);
};

response connection::state::execute(request const& what, body_sink const* sink) {
  if (!socket) {
    throw error(error_kind::usage, "the connection was closed after the request before this one").on(where.text());
  }
  exchange call(std::move(socket), where.text(), what, options, sink);
  try {
    run(call, options.interrupt_fd);
  } catch (error const& failed) {
    throw explained(failed, where, call.was_dropped());
  }
  socket = call.take_connection();
  return call.take_response();
}

connection::connection(std::unique_ptr<state> s) : state_(std::move(s)) {}
connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;
connection::~connection() = default;

std::optional<peer_credentials> connection::peer() const {
  return peer_of(state_->socket.get());
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
