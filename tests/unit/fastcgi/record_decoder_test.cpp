#include <cachetool/fastcgi/protocol.hpp>

#include "support/catch.hpp"
#include "support/fake_server.hpp"

using namespace cachetool::fastcgi;
using cachetool::test::end_request_record;
using cachetool::test::raw_record;

namespace {

/// All records of BYTES as text, fed in pieces of SIZE bytes.
std::string decoded(std::string_view bytes, std::size_t size) {
  std::string out;
  record_decoder decoder;
  record next{};
  while (!bytes.empty()) {
    auto part = bytes.substr(0, size);
    bytes.remove_prefix(part.size());
    decode_status status{};
    while ((status = decoder.next(part, next)) == decode_status::complete) {
      out += std::to_string(static_cast<int>(next.type)) + "/" + std::to_string(next.request_id) + ":";
      out += next.content;
      out += ";";
    }
    REQUIRE(status == decode_status::need_more);
  }
  return out + (decoder.at_boundary() ? "" : "torn");
}

}  // namespace

TEST_CASE("records decode alike in one go and byte by byte") {
  auto const bytes = raw_record(record_type::stdout_stream, "hello", 1, 3) +
                     raw_record(record_type::stderr_stream, "", 513) +
                     raw_record(record_type::stdout_stream, std::string(300, 'x'), 2, 255) +
                     raw_record(static_cast<record_type>(99), "strange");
  auto const whole = decoded(bytes, bytes.size());
  CHECK(whole == "6/1:hello;7/513:;6/2:" + std::string(300, 'x') + ";99/1:strange;");
  CHECK(decoded(bytes, 1) == whole);
  CHECK(decoded(bytes, 7) == whole);
}

TEST_CASE("the largest record, padding and all, is decoded") {
  auto const bytes = raw_record(record_type::stdout_stream, std::string(65535, 'x'), 1, 255);
  CHECK(decoded(bytes, 1000) == "6/1:" + std::string(65535, 'x') + ";");
}

TEST_CASE("padding is not content") {
  CHECK(decoded(raw_record(record_type::stdout_stream, "a", 1, 7), 100) == "6/1:a;");
}

TEST_CASE("the decoder knows whether a stream may end here") {
  auto const bytes = raw_record(record_type::stdout_stream, "abc", 1, 2);
  record_decoder decoder;
  record next{};
  CHECK(decoder.at_boundary());
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    auto part = std::string_view(bytes).substr(i, 1);
    CHECK(decoder.next(part, next) == decode_status::need_more);
    CHECK_FALSE(decoder.at_boundary());
  }
  auto last = std::string_view(bytes).substr(bytes.size() - 1);
  CHECK(decoder.next(last, next) == decode_status::complete);
  CHECK(decoder.at_boundary());
}

TEST_CASE("empty input needs more") {
  record_decoder decoder;
  record next{};
  std::string_view nothing;
  CHECK(decoder.next(nothing, next) == decode_status::need_more);
  CHECK(decoder.at_boundary());
}

TEST_CASE("a first byte that is not version 1 is not FastCGI, and stays in the input") {
  for (std::string const& garbage : {std::string("HTTP/1.1 400"), std::string("\x02"), std::string(1, '\0')}) {
    record_decoder decoder;
    record next{};
    std::string_view input = garbage;
    CHECK(decoder.next(input, next) == decode_status::not_fastcgi);
    CHECK(input == garbage);
  }
}

TEST_CASE("garbage after a good record is found") {
  auto const bytes = end_request_record() + "HTTP";
  record_decoder decoder;
  record next{};
  std::string_view input = bytes;
  CHECK(decoder.next(input, next) == decode_status::complete);
  CHECK(decoder.next(input, next) == decode_status::not_fastcgi);
  CHECK(input == "HTTP");
}

TEST_CASE("one record is taken at a time and the rest stays in the input") {
  auto const bytes = raw_record(record_type::stdout_stream, "a") + raw_record(record_type::stdout_stream, "b");
  record_decoder decoder;
  record next{};
  std::string_view input = bytes;
  CHECK(decoder.next(input, next) == decode_status::complete);
  CHECK(next.content == "a");
  CHECK(input.size() == 9);
}
