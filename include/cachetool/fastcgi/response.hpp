#pragma once

/// What comes back from client::execute(), and the parser that makes it of bytes.
///
///     if (answer.status != 200) std::cerr << answer.status_line << '\n';
///     if (answer.header("content-type").starts_with("text/html")) show(answer.body);
///     if (!answer.stderr_text.empty()) log(answer.stderr_text);

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cachetool/fastcgi/protocol.hpp>

namespace cachetool::fastcgi {

/// The answer to one request, as CGI (RFC 3875 section 6) in STDOUT records and diagnostics in STDERR records. Plain
/// data that owns its memory. All of it is what the server sent: take control bytes out before you show it on a
/// terminal.
struct response {
  /// From the "Status:" header, if that begins with three digits, 100 or above; 200 without one.
  int status = 200;
  std::string status_line;  ///< "404 Not Found"; empty without a Status header

  /// Names and values as they came, Status among them, in their order. A name may occur several times (Set-Cookie).
  /// Spaces and tabs around a value are left out.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;                  ///< empty when it was streamed
  std::string stderr_text;           ///< the first 64 KiB of STDERR: php-fpm's log lines of this request
  std::uint64_t stderr_dropped = 0;  ///< bytes of STDERR beyond those

  /// How the request ended. Its protocol status is always request_complete: any other one is an error.
  end_request end;

  /// The value of the first header of that name, compared without case; empty if there is none. Lives until the
  /// response or its headers change.
  [[nodiscard]] std::string_view header(std::string_view wanted) const noexcept;
};

/// Splits a CGI answer into headers and body as its bytes arrive, however they are cut up. client uses it for you; it
/// needs no socket. One parser reads one answer, in one thread at a time. Headers are bounded to 64 KiB in all.
///
///     cachetool::fastcgi::cgi_parser parser;
///     cachetool::fastcgi::response out;
///     out.body += parser.feed("Status: 404 Not Found\r\n\r\nnot ", out);
///     out.body += parser.feed("here", out);
///     out.body += parser.finish(out);
class cgi_parser {
 public:
  /// Takes the next bytes of STDOUT and returns what is body. Headers, the Status among them, go into `out`, which has
  /// to be the same each time. The view points into `data` or into the parser, and is valid until its next call. An
  /// answer whose first line is no "Name: value", and not empty, has no headers: it is body from the start. Later such
  /// lines are skipped. Throws nothing but std::bad_alloc.
  std::string_view feed(std::string_view data, response& out);

  /// Ends an answer that stopped before the empty line: its last line, without a line end, is a header or all of the
  /// body. Call it once, after the last feed(). The view is valid as long as the parser.
  std::string_view finish(response& out);

  /// True if the headers are longer than the bound: the answer is not CGI, and feed() takes no more of it.
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
