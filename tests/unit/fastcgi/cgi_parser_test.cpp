#include <algorithm>

#include <cachetool/fastcgi/response.hpp>

#include "support/catch.hpp"

using namespace cachetool::fastcgi;

namespace {

response parsed(std::string_view text, std::size_t size) {
  response out;
  cgi_parser parser;
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
    out.body += parser.feed(text.substr(0, size), out);
  }
  out.body += parser.finish(out);
  CHECK_FALSE(parser.failed());
  return out;
}

/// Parsed in one go, after checking that each way of cutting it up gives the same.
response parsed(std::string_view text) {
  auto const whole = parsed(text, text.size() + 1);
  for (std::size_t const size : {1U, 2U, 3U, 7U}) {
    INFO("pieces of " << size);
    auto const pieces = parsed(text, size);
    CHECK(pieces.headers == whole.headers);
    CHECK(pieces.status == whole.status);
    CHECK(pieces.status_line == whole.status_line);
    CHECK(pieces.body == whole.body);
  }
  return whole;
}

bool fails(std::string_view text, std::size_t size) {
  response out;
  cgi_parser parser;
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) parser.feed(text.substr(0, size), out);
  return parser.failed();
}

}  // namespace

TEST_CASE("headers and body are split at the empty line") {
  auto const out = parsed("X-Powered-By: PHP/8.2\r\nContent-type: text/html\r\n\r\nbody\r\n\r\nmore");
  CHECK(out.status == 200);
  CHECK(out.status_line.empty());
  CHECK(out.headers.size() == 2);
  CHECK(out.header("content-TYPE") == "text/html");
  CHECK(out.header("absent").empty());
  CHECK(out.body == "body\r\n\r\nmore");
}

TEST_CASE("lines may end with LF alone") {
  auto const out = parsed("Status: 403 Forbidden\nA: b\n\nbody");
  CHECK(out.status == 403);
  CHECK(out.header("a") == "b");
  CHECK(out.body == "body");
}

TEST_CASE("the Status header gives number and line") {
  auto const out = parsed("Status:  404 Not Found \r\n\r\nFile not found.\n");
  CHECK(out.status == 404);
  CHECK(out.status_line == "404 Not Found");
  CHECK(out.header("Status") == "404 Not Found");
  CHECK(out.body == "File not found.\n");
}

TEST_CASE("a Status header without a number leaves 200") {
  CHECK(parsed("Status: fine\r\n\r\n").status == 200);
  CHECK(parsed("Status: 12\r\n\r\n").status == 200);
  CHECK(parsed("Status: 1234\r\n\r\n").status == 200);
  CHECK(parsed("Status: -12\r\n\r\n").status == 200);
  CHECK(parsed("Status:\r\n\r\n").status == 200);
}

TEST_CASE("an answer may have no headers but the empty line") {
  CHECK(parsed("\r\nbody").body == "body");
}

TEST_CASE("an answer whose first line is no header is body from the start") {
  auto const out = parsed("hello\nA: b\n\nworld");
  CHECK(out.headers.empty());
  CHECK(out.body == "hello\nA: b\n\nworld");
  CHECK(parsed(": x\n").body == ": x\n");
}

TEST_CASE("one line without a line end is all of the body, or a header") {
  CHECK(parsed("hello").body == "hello");
  auto const out = parsed("Status: 500 Oops");
  CHECK(out.status == 500);
  CHECK(out.body.empty());
}

TEST_CASE("a later line that is no header is skipped") {
  auto const out = parsed("A: b\r\nnonsense\r\nC: d\r\n\r\nbody");
  CHECK(out.headers.size() == 2);
  CHECK(out.body == "body");
}

TEST_CASE("an empty answer is empty") {
  auto const out = parsed("");
  CHECK(out.headers.empty());
  CHECK(out.body.empty());
}

TEST_CASE("the body may hold any byte") {
  using namespace std::string_literals;
  CHECK(parsed("A: b\r\n\r\n\0\xff\r\n"s).body == "\0\xff\r\n"s);
}

TEST_CASE("headers of 64 KiB are taken, and one byte more is refused") {
  std::string const head = "A: " + std::string(65536 - 3 - 4, 'x') + "\r\n\r\n";
  CHECK(parsed(head + "body", 1000).body == "body");
  CHECK(fails("x" + head, 100000));
  CHECK(fails("x" + head, 1000));
}

TEST_CASE("a first line without an end is bounded too") {
  CHECK(fails(std::string(65537, 'x'), 1));
}

TEST_CASE("the parser says when the headers are over") {
  response out;
  cgi_parser parser;
  parser.feed("A: b\r\n\r", out);
  CHECK_FALSE(parser.in_body());
  parser.feed("\n", out);
  CHECK(parser.in_body());
}
