#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>
#include <cachetool/fastcgi/protocol.hpp>

namespace cachetool::test {

/// The server's end of one connection, as an action sees it.
class peer;

/// One thing that the fake server does with a connection. Every wait in it is bounded, so that a test that fails does
/// not hang.
using action = std::function<void(peer&)>;

/// Reads until the record that ends STDIN has come.
action read_request();
/// Reads COUNT bytes and no more, so that the rest is still unread when the connection is closed.
action read_bytes(std::size_t count);
action send(std::string bytes);
/// Sends each byte by itself.
action send_bytewise(std::string bytes);
/// Sends PIECE that many times, without ever holding all of it.
action send_repeated(std::string piece, std::size_t times);
action pause(std::chrono::milliseconds duration);
/// Reads, and drops, until the client closes its end.
action wait_for_close();
/// Closes with a reset (SO_LINGER 0), as a worker does that is killed.
action reset();

/// What is played on one connection; the connection is closed afterwards.
using script = std::vector<action>;

/// A server that says what a real one never would. A thread plays the first script on the first connection, the second
/// on the second, and so on; the destructor ends it.
class fake_server {
 public:
  enum class on { unix_socket, tcp };

  explicit fake_server(script only, on where = on::unix_socket);
  fake_server(on where, std::vector<script> scripts);
  fake_server(fake_server const&) = delete;
  fake_server& operator=(fake_server const&) = delete;
  ~fake_server();

  [[nodiscard]] fastcgi::endpoint const& where() const noexcept;

  /// What read_request() and read_bytes() have read. Waits until all scripts were played.
  [[nodiscard]] std::string const& received();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// One record as bytes, with whatever is wished for in its header.
std::string raw_record(fastcgi::record_type type, std::string_view content, std::uint16_t request_id = 1,
                       std::uint8_t padding = 0);

std::string end_request_record(fastcgi::protocol_status status = fastcgi::protocol_status::request_complete,
                               std::uint32_t app_status = 0);

/// A complete answer: STDOUT with CGI headers and BODY, and END_REQUEST.
std::string plain_answer(std::string_view body);

}  // namespace cachetool::test
