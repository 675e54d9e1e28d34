#include "report/json.hpp"

#include <cachetool/php/value.hpp>

#include <limits>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace cachetool::report;
using namespace std::string_view_literals;
namespace php = cachetool::php;
using nlohmann::json;

namespace {

// What WRITE tells a writer to write.
template <typename Write>
std::string written(Write const& write) {
  std::string text;
  json_writer out([&text](std::string_view piece) { text += piece; });
  write(out);
  out.flush();
  return text;
}

std::string written_value(php::value const& what) {
  return written([&what](json_writer& out) { out.value(what); });
}

}  // namespace

TEST_CASE("scalars are written as JSON") {
  CHECK(written([](json_writer& out) { out.null(); }) == "null");
  CHECK(written([](json_writer& out) { out.boolean(true); }) == "true");
  CHECK(written([](json_writer& out) { out.boolean(false); }) == "false");
  CHECK(written([](json_writer& out) { out.integer(std::numeric_limits<std::int64_t>::min()); }) ==
        "-9223372036854775808");
  CHECK(written([](json_writer& out) { out.string("text"); }) == "\"text\"");
}

TEST_CASE("a float is written so that it reads back equal") {
  for (double const number : {0.1, -0.0, 1e25, 1.5e-7, 1e300, 123456789012345678.0, 3.0}) {
    CHECK(json::parse(written([=](json_writer& out) { out.floating(number); })).get<double>() == number);
  }
}

TEST_CASE("infinities and not-a-number become strings") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(written([](json_writer& out) { out.floating(infinity); }) == "\"INF\"");
  CHECK(written([](json_writer& out) { out.floating(-infinity); }) == "\"-INF\"");
  CHECK(written([](json_writer& out) { out.floating(std::numeric_limits<double>::quiet_NaN()); }) == "\"NAN\"");
}

TEST_CASE("objects and arrays nest with commas where they belong") {
  std::string const text = written([](json_writer& out) {
    out.begin_object().key("a").begin_array().integer(1).integer(2).begin_object().end_object().end_array();
    out.key("b").begin_object().key("c").null().end_object();
    out.key("d").begin_array().end_array().end_object();
  });
  CHECK(text == R"({"a":[1,2,{}],"b":{"c":null},"d":[]})");
}

TEST_CASE("strings are escaped so that they read back equal") {
  std::string text;
  for (char c = 0; c < 0x7F; ++c) text += c;
  text += "\x7F\u0080\u009B\u00E9\u202E\u2028\u4E2D\U0001F600";
  CHECK(json::parse(json_quote(text)).get<std::string>() == text);
}

TEST_CASE("a terminal is shown no controls by JSON") {
  CHECK(json_quote("\"\\\b\f\n\r\t\033\x7F") == R"("\"\\\b\f\n\r\t\u001b\u007f")");
  CHECK(json_quote("\u009B\u202E\u2066") == R"("\u009b\u202e\u2066")");
}

TEST_CASE("bytes that are not UTF-8 become replacement characters in a quoted string") {
  CHECK(json_quote("a\xFF\xC3z") == "\"a\uFFFD\uFFFDz\"");
}

TEST_CASE("a string that is not UTF-8 becomes base64") {
  CHECK(written_value("\xFF") == R"({"base64":"/w=="})");
  CHECK(written_value("\xFF\xFE") == R"({"base64":"//4="})");
  CHECK(written_value("\xFF\xFE\xFD") == R"({"base64":"//79"})");
  CHECK(written_value("\xFFhello") == R"({"base64":"/2hlbGxv"})");
}

TEST_CASE("a string that is not UTF-8 keeps its place in an array and an object") {
  CHECK(written([](json_writer& out) { out.begin_array().string("\xFF").string("\xFF").end_array(); }) ==
        R"([{"base64":"/w=="},{"base64":"/w=="}])");
  CHECK(written([](json_writer& out) { out.begin_object().key("a").string("\xFF").key("b").null().end_object(); }) ==
        R"({"a":{"base64":"/w=="},"b":null})");
}

TEST_CASE("an array with the keys of a list becomes a JSON array") {
  CHECK(written_value(php::array{{{std::int64_t{0}, 1}, {std::int64_t{1}, "x"}}}) == R"([1,"x"])");
  CHECK(written_value(php::array{}) == "[]");
}

TEST_CASE("an array with other keys becomes a JSON object") {
  CHECK(written_value(php::array{{{std::int64_t{1}, 1}, {std::string("x"), true}}}) == R"({"1":1,"x":true})");
  CHECK(written_value(php::array{{{std::int64_t{1}, 1}, {std::int64_t{0}, 2}}}) == R"({"1":1,"0":2})");
}

TEST_CASE("an object has its class first") {
  CHECK(written_value(php::object{"A\\B", {{{std::string("x"), 1.5}}}}) == R"({"__class":"A\\B","x":1.5})");
}

TEST_CASE("enum cases, custom objects and recursions have a form in JSON") {
  CHECK(written_value(php::enum_case{"Suit", "Hearts"}) == R"({"__class":"Suit","__case":"Hearts"})");
  CHECK(written_value(php::custom_object{"A", "data"}) == R"({"__class":"A","__data":"data"})");
  CHECK(written_value(php::recursion{}) == "null");
}

TEST_CASE("a key that is not UTF-8 is written with replacement characters") {
  CHECK(written_value(php::array{{{std::string("\xFFk"), 1}}}) == "{\"\uFFFDk\":1}");
}

TEST_CASE("4096 levels are written and are JSON") {
  php::value deep = php::array{};
  for (int i = 1; i < 4096; ++i) deep = php::array{{{std::int64_t{0}, deep}}};
  CHECK(written_value(deep) == std::string(4096, '[') + std::string(4096, ']'));
}

TEST_CASE("much output reaches the sink in pieces of bounded size") {
  std::string text;
  std::size_t largest = 0;
  json_writer out([&](std::string_view piece) {
    largest = std::max(largest, piece.size());
    text += piece;
  });
  out.begin_array();
  for (int i = 0; i < 20'000; ++i) out.string("0123456789");
  out.end_array();
  CHECK(text.size() > 100'000);
  out.flush();
  CHECK(largest <= 64 * 1024);
  CHECK(json::parse(text).size() == 20'000);
}

TEST_CASE("a string larger than the buffer arrives whole and in order") {
  std::string const large(200'000, 'x');
  CHECK(written([&](json_writer& out) { out.begin_array().integer(1).string(large).integer(2).end_array(); }) ==
        "[1,\"" + large + "\",2]");
}

TEST_CASE("nothing reaches the sink before the buffer is full or flushed") {
  std::string text;
  json_writer out([&text](std::string_view piece) { text += piece; });
  out.begin_array();
  CHECK(text.empty());
  out.flush();
  CHECK(text == "[");
}

TEST_CASE("what the sink throws passes through the writer") {
  json_writer out([](std::string_view) { throw std::runtime_error("closed"); });
  out.null();
  CHECK_THROWS_WITH(out.flush(), "closed");
}
