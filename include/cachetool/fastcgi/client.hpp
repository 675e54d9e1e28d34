#pragma once

/// START HERE for FastCGI: client{endpoint}.execute(request).

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>
#include <cachetool/fastcgi/request.hpp>
#include <cachetool/fastcgi/response.hpp>

namespace cachetool::fastcgi {

struct client_options {
  /// Bounds name lookup and connecting together, the wait for a place in a full backlog included.
  std::chrono::milliseconds connect_timeout{5000};

  /// Bounds sending the request and reading the whole answer together.
  std::chrono::milliseconds timeout{30000};

  /// Largest body that execute() collects or passes on, in bytes. A larger one is error (protocol).
  std::uint64_t max_body = std::uint64_t{256} << 20;

  /// When this descriptor becomes readable, a call in progress ends with error (interrupted). -1: none. Not closed, not
  /// read.
  int interrupt_fd = -1;
};

/// Who called listen() on a unix socket (SO_PEERCRED): for php-fpm its master, as whoever started it.
struct peer_credentials {
  pid_t pid = 0;  ///< 0 if it lives in another pid namespace
  uid_t uid = 0;
  gid_t gid = 0;
};

/// Receives the body piece by piece. What it throws ends the call and passes through.
using body_sink = std::function<void(std::string_view)>;

/// One open connection. Move-only; closed by its destructor. Not safe for use by two threads at once.
class connection {
 public:
  connection(connection&&) noexcept;
  connection& operator=(connection&&) noexcept;
  ~connection();

  /// Unix sockets only.
  [[nodiscard]] std::optional<peer_credentials> peer() const;

  /// Replaces client_options::timeout for the requests that follow.
  void set_timeout(std::chrono::milliseconds timeout) noexcept;

  /// Sends WHAT and returns the answer with its body. Without keep_connection the connection is closed afterwards,
  /// because php-fpm holds the worker until the client closes. Throws error; see client.
  response execute(request const& what);

  /// The same, with the body given to SINK as it arrives: constant memory. The returned response has an empty body.
  response execute(request const& what, body_sink const& sink);

 private:
  friend class client;
  struct state;
  explicit connection(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

/// Calls one endpoint. Cheap to make; opens a connection for each call.
///
/// Every failure is a cachetool::error that knows its kind, the phase it came from, the endpoint, and whether the
/// request may have reached a worker. SIGPIPE is never raised. Nothing is sent again by itself.
class client {
 public:
  explicit client(endpoint where, client_options options = {});

  [[nodiscard]] endpoint const& where() const noexcept { return where_; }

  /// Opens a connection without sending anything, to learn who listens before deciding what to ask.
  [[nodiscard]] connection connect() const;

  /// connect().execute(what)
  [[nodiscard]] response execute(request const& what) const;
  response execute(request const& what, body_sink const& sink) const;

 private:
  endpoint where_;
  client_options options_;
};

}  // namespace cachetool::fastcgi
