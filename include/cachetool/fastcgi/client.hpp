#pragma once

/// START HERE for FastCGI: a client sends requests to one endpoint and returns what the script printed. You link
/// cachetool::fastcgi, which needs the C++ standard library and POSIX alone.
///
///     using namespace cachetool::fastcgi;
///     client const www(endpoint::parse("/run/php/php8.2-fpm.sock"));
///     request const ping{.params = {{"SCRIPT_FILENAME", "/srv/www/ping.php"}, {"REQUEST_METHOD", "GET"}}};
///     response const answer = www.execute(ping);
///     std::cout << answer.status << ' ' << answer.body << '\n';

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

/// How long to wait, and how much to take. A time above a year counts as a year, one below 0 as 0.
struct client_options {
  /// Bounds name lookup and connecting together, the wait for a place in a full backlog included.
  std::chrono::milliseconds connect_timeout{5000};

  /// Bounds sending the request and reading the whole answer together. It begins when the connection is open.
  std::chrono::milliseconds timeout{30000};

  /// Largest body that execute() collects or passes on, in bytes. A larger one is error (protocol).
  std::uint64_t max_body = std::uint64_t{256} << 20;

  /// When this descriptor becomes readable, a call in progress ends with error (interrupted), and so does each later
  /// one until you have read from it. -1: none. Not closed, not read. It must stay open as long as calls are made.
  int interrupt_fd = -1;
};

/// Who called listen() on a unix socket (SO_PEERCRED): for php-fpm its master, as whoever started it.
struct peer_credentials {
  pid_t pid = 0;  ///< 0 if it lives in another pid namespace
  uid_t uid = 0;
  gid_t gid = 0;
};

/// Receives the body piece by piece, in the thread of the call. A piece is gone when the sink returns: copy what you
/// keep. What it throws ends the call and passes through; something derived from cachetool::error arrives as a plain
/// error.
using body_sink = std::function<void(std::string_view)>;

/// One open connection, for requests one after the other. client::connect() makes it, and its destructor closes it. It
/// does not need the client any more. One thread at a time may use it; different connections do not disturb each other.
/// One that was moved from can only be destroyed or assigned to.
class connection {
 public:
  connection(connection&&) noexcept;
  connection& operator=(connection&&) noexcept;
  ~connection();

  /// Who listens at the other end. Unix sockets only: nothing for TCP, nor once the connection is closed.
  [[nodiscard]] std::optional<peer_credentials> peer() const;

  /// Replaces client_options::timeout for the requests that follow.
  void set_timeout(std::chrono::milliseconds timeout) noexcept;

  /// Sends `what` and returns the answer with its body. Without keep_connection the connection is closed afterwards,
  /// because php-fpm holds the worker until the client closes. An error closes it, too; so do bytes that come after the
  /// answer. `what` needs to live for the call alone.
  ///
  /// Throws error (usage) if the connection is closed already, or a parameter is too long for a record, and what
  /// client::execute() throws for sending and receiving.
  response execute(request const& what);

  /// The same, with the body given to `sink` as it arrives: constant memory. The returned response has an empty body.
  /// The sink must not be empty, and must not use this connection. If the call fails in the middle, the sink has a part
  /// of the body.
  response execute(request const& what, body_sink const& sink);

 private:
  friend class client;
  struct state;
  explicit connection(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

/// Calls one endpoint. Cheap to make, and opens nothing by itself: each call has a connection of its own.
///
/// Threads: several threads may call one client at the same time, because no call changes it. A host name is looked up
/// in a thread of its own; if the name server is silent, that thread outlives the call, and touches nothing of yours.
/// Numbers and "localhost" need none.
///
/// Every failure is a cachetool::error that knows its kind, the phase it came from, the endpoint, and whether the
/// request may have reached a worker. SIGPIPE is never raised. Nothing is sent again by itself: repeat a call if
/// error::may_have_run() is false, or if running it twice does no harm.
class client {
 public:
  explicit client(endpoint where, client_options options = {});

  /// The endpoint that it calls. Lives as long as the client.
  [[nodiscard]] endpoint const& where() const noexcept { return where_; }

  /// Opens a connection without sending anything, to learn who listens before deciding what to ask. php-fpm gives a
  /// worker to an open connection, so use it soon or let it go. A name that has several addresses: they are tried in
  /// turn, each for its share of connect_timeout, and the first failure is the one that you are told.
  ///
  /// Throws error (unreachable) if there is no such socket, port or host, (stale) for a socket file that nobody listens
  /// on, (forbidden) if you may not connect, (timeout) after connect_timeout, (interrupted).
  [[nodiscard]] connection connect() const;

  /// Returns connect().execute(what). You get a response for every HTTP status: a 404 is no error here.
  ///
  /// Throws what connect() throws, and error (timeout) if the answer is not complete after `timeout`, (worker_died) if
  /// the connection ends before that, (not_fastcgi) if something else listens, (protocol) if the answer breaks FastCGI,
  /// was refused (specification, section 5.5), has headers above 64 KiB or a body above max_body, (usage) for a
  /// parameter that is too long, (interrupted). Over TCP a connection that is dropped without a word becomes
  /// (unreachable) if listen.allowed_clients is the reason; a second, silent connection finds that out, in at most
  /// 200 ms more.
  [[nodiscard]] response execute(request const& what) const;
  response execute(request const& what, body_sink const& sink) const;

 private:
  endpoint where_;
  client_options options_;
};

}  // namespace cachetool::fastcgi
