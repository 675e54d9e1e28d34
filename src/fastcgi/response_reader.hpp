#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <cachetool/fastcgi/client.hpp>
#include <cachetool/fastcgi/protocol.hpp>
#include <cachetool/fastcgi/response.hpp>

namespace cachetool::fastcgi {

/// Makes a response from the bytes that come back for one request, without a socket.
class response_reader {
 public:
  /// `endpoint` is for messages. The body goes to the sink, which must outlive this, or into the response if it is
  /// null.
  response_reader(std::string endpoint, std::uint16_t request_id, std::uint64_t max_body, body_sink const* sink);

  /// Takes the next bytes. Throws error (not_fastcgi, protocol), and what the sink throws.
  void feed(std::string_view bytes);

  /// True once a byte was seen.
  [[nodiscard]] bool begun() const noexcept { return begun_; }

  /// True once END_REQUEST was seen.
  [[nodiscard]] bool complete() const noexcept { return complete_; }

  /// True if bytes came after END_REQUEST: such a connection must not be used again.
  [[nodiscard]] bool has_surplus() const noexcept { return has_surplus_; }

  /// The response; only when complete, and only once.
  [[nodiscard]] response take() { return std::move(response_); }

 private:
  void take_record(record const& piece);
  void take_stdout(std::string_view data);
  void take_stderr(std::string_view data);
  void take_end(std::string_view content);
  void deliver(std::string_view body);
  [[nodiscard]] error foreign(std::string_view bytes) const;
  [[nodiscard]] error failure(error_kind kind, std::string message) const;

  std::string endpoint_;
  std::uint16_t request_id_;
  std::uint64_t max_body_;
  body_sink const* sink_;
  record_decoder decoder_;
  cgi_parser parser_;
  response response_;
  std::uint64_t body_size_ = 0;
  bool begun_ = false;
  bool decoded_ = false;  ///< a whole record was seen
  bool has_output_ = false;
  bool complete_ = false;
  bool has_surplus_ = false;
};

}  // namespace cachetool::fastcgi
