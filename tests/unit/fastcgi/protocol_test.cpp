#include <cachetool/error.hpp>
#include <cachetool/fastcgi/protocol.hpp>
#include <cachetool/fastcgi/request.hpp>

#include "support/catch.hpp"

using namespace cachetool::fastcgi;
using namespace std::string_literals;

namespace {

struct piece {
  record_type type;
  std::uint16_t request_id;
  std::string content;
};

std::vector<piece> records(std::string_view bytes) {
  std::vector<piece> out;
  record_decoder decoder;
  record next{};
  while (decoder.next(bytes, next) == decode_status::complete) {
    out.push_back({next.type, next.request_id, std::string(next.content)});
  }
  REQUIRE(bytes.empty());
  REQUIRE(decoder.at_boundary());
  return out;
}

std::string params(std::vector<std::pair<std::string, std::string>> const& pairs) {
  std::string out;
  params_writer writer(out, 1);
  for (auto const& [name, value] : pairs) writer.add(name, value);
  writer.finish();
  return out;
}

std::size_t take_length(std::string_view& text) {
  auto const byte = [&text](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(text.at(i))); };
  std::size_t const width = byte(0) < 128 ? 1 : 4;
  std::size_t const out = width == 1 ? byte(0) : (byte(0) & 127) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
  text.remove_prefix(width);
  return out;
}

/// How many pairs CONTENT holds; fails if the last one is torn.
std::size_t whole_pairs(std::string_view content) {
  std::size_t count = 0;
  for (; !content.empty(); ++count) {
    std::size_t const name = take_length(content);
    std::size_t const value = take_length(content);
    REQUIRE(name + value <= content.size());
    content.remove_prefix(name + value);
  }
  return count;
}

}  // namespace

TEST_CASE("BEGIN_REQUEST is sixteen bytes") {
  std::string out;
  append_begin_request(out, 258, role::responder, false);
  CHECK(out == "\x01\x01\x01\x02\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"s);
}

TEST_CASE("BEGIN_REQUEST asks to keep the connection") {
  std::string out;
  append_begin_request(out, 1, role::filter, true);
  CHECK(out.substr(8, 3) == "\x00\x03\x01"s);
}

TEST_CASE("a short pair has lengths of one byte") {
  CHECK(records(params({{"A", "bc"}})).front().content == "\x01\x02"s + "Abc");
}

TEST_CASE("a length of 127 takes one byte, one of 128 takes four") {
  std::string const long_name(128, 'n');
  CHECK(records(params({{std::string(127, 'n'), ""}})).front().content.substr(0, 3) == "\x7f\x00n"s);
  CHECK(records(params({{long_name, ""}})).front().content.substr(0, 6) == "\x80\x00\x00\x80\x00n"s);
  CHECK(records(params({{"n", std::string(128, 'v')}})).front().content.substr(0, 6) == "\x01\x80\x00\x00\x80n"s);
}

TEST_CASE("an empty PARAMS stream is only its end") {
  auto const out = records(params({}));
  REQUIRE(out.size() == 1);
  CHECK(out[0].type == record_type::params);
  CHECK(out[0].content.empty());
}

TEST_CASE("a pair that fills a record exactly is sent") {
  auto const out = records(params({{"n", std::string(65535 - 1 - 4 - 1, 'v')}}));
  REQUIRE(out.size() == 2);
  CHECK(out[0].content.size() == 65535);
  CHECK(whole_pairs(out[0].content) == 1);
}

TEST_CASE("a pair one byte too long for a record is refused") {
  try {
    params({{"LONG", std::string(65535 - 1 - 4 - 4 + 1, 'v')}});
    FAIL("accepted");
  } catch (cachetool::error const& e) {
    CHECK(e.kind() == cachetool::error_kind::usage);
    CHECK(e.message() == "the FastCGI parameter LONG of 65527 bytes is too long for a record of 65535");
  }
}

TEST_CASE("a name too long for a record is refused") {
  CHECK_THROWS_AS(params({{std::string(70000, 'n'), ""}}), cachetool::error);
}

TEST_CASE("a pair that does not fit into what is left of a record goes into the next") {
  std::string const half(40000, 'v');
  auto const out = records(params({{"a", half}, {"b", half}}));
  REQUIRE(out.size() == 3);
  CHECK(whole_pairs(out[0].content) == 1);
  CHECK(whole_pairs(out[1].content) == 1);
}

TEST_CASE("many pairs over several records are never split") {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::size_t i = 0; i < 3000; ++i) pairs.emplace_back("NAME_" + std::to_string(i), std::string(i % 300, 'v'));
  std::size_t count = 0;
  auto const out = records(params(pairs));
  for (auto const& piece : out) count += whole_pairs(piece.content);
  CHECK(count == 3000);
  CHECK(out.size() > 3);
  CHECK(out.back().content.empty());
}

TEST_CASE("no record has padding, so content and padding never pass 65535 bytes") {
  std::string out;
  append_stream(out, record_type::stdin_stream, 1, std::string(65535, 'x'));
  CHECK(out.substr(4, 4) == "\xff\xff\x00\x00"s);
}

TEST_CASE("a stream longer than a record is cut into full ones") {
  std::string out;
  append_stream(out, record_type::stdin_stream, 7, std::string(2 * 65535 + 1, 'x'));
  auto const pieces = records(out);
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[0].content.size() == 65535);
  CHECK(pieces[1].content.size() == 65535);
  CHECK(pieces[2].content.size() == 1);
  CHECK(pieces[2].request_id == 7);
}

TEST_CASE("empty data writes nothing, because an empty record ends a stream") {
  std::string out;
  append_stream(out, record_type::stdin_stream, 1, "");
  CHECK(out.empty());
}

TEST_CASE("a request is BEGIN_REQUEST, PARAMS with its end, STDIN with its end") {
  auto const out = records(encode({.params = {{"A", "b"}}, .body = "body"}, 1));
  REQUIRE(out.size() == 5);
  CHECK(out[0].type == record_type::begin_request);
  CHECK(out[1].type == record_type::params);
  CHECK(out[2].content.empty());
  CHECK(out[3].type == record_type::stdin_stream);
  CHECK(out[3].content == "body");
  CHECK(out[4].content.empty());
}

TEST_CASE("the encoder writes CONTENT_LENGTH from the body") {
  CHECK(encode({.body = "body"}, 1).find("CONTENT_LENGTH4") != std::string::npos);
  CHECK(encode({}, 1).find("CONTENT_LENGTH0") != std::string::npos);
}

TEST_CASE("a parameter too long for a record is refused before anything is sent") {
  CHECK_THROWS_AS(encode({.params = {{"A", std::string(70000, 'x')}}}, 1), cachetool::error);
}

TEST_CASE("END_REQUEST's body gives both statuses") {
  end_request end;
  CHECK(decode_end_request("\x01\x02\x03\x04\x02\x00\x00\x00"s, end));
  CHECK(end.app_status == 0x01020304);
  CHECK(end.status == protocol_status::overloaded);
}

TEST_CASE("an END_REQUEST body shorter than eight bytes is refused") {
  end_request end;
  CHECK_FALSE(decode_end_request("\0\0\0\0\0\0\0"s, end));
  CHECK_FALSE(decode_end_request("", end));
}
