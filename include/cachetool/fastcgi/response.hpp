#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cachetool/fastcgi/protocol.hpp>

namespace cachetool::fastcgi {

/// The answer to one request, as CGI (RFC 3875 section 6) in STDOUT records and diagnostics in STDERR records.
struct response {
  int status = 200;         ///< from the "Status:" header; 200 without one
  std::string status_line;  ///< "404 Not Found"; empty without a Status header
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;                  ///< empty when it was streamed
  std::string stderr_text;           ///< the first 64 KiB of STDERR
  std::uint64_t stderr_dropped = 0;  ///< bytes of STDERR beyond those
  end_request end;

  /// The first header of that name, compared without case; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view wanted) const noexcept;
};

/// Splits a CGI answer into headers and body as its bytes arrive. Headers are bounded to 64 KiB in all.
class cgi_parser {
 public:
  /// Takes the next bytes of STDOUT and returns what is body. Headers, the Status among them, go into OUT. The view
  /// points into DATA or into the parser, and is valid until its next call. An answer whose first line is no "Name:
  /// value", and not empty, has no headers: it is body from the start. Later such lines are skipped.
  std::string_view feed(std::string_view data, response& out);

  /// Ends an answer that stopped before the empty line: its last line, without a line end, is a header or all of the
  /// body.
  std::string_view finish(response& out);

  /// True if the headers are longer than the bound: the answer is not CGI.
  [[nodiscard]] bool failed() const noexcept { return failed_; }

  /// True once the headers are over.
  [[nodiscard]] bool in_body() const noexcept { return in_body_; }

 private:
  bool take_line(response& out);

  std::string line_;  ///< the line that is not complete yet
  std::size_t head_size_ = 0;
  bool in_body_ = false;
  bool failed_ = false;
};

}  // namespace cachetool::fastcgi
