#include "report/read_json.hpp"

#include "report/json.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using report::read_json;

TEST_CASE("what the program writes as JSON is read back as it was") {
  std::string text;
  report::json_writer json([&text](std::string_view part) { text += part; });
  json.begin_object().key("path").string("/srv/\"a\"\\b\n\x01 \xC3\xA9 \xF0\x9F\x98\x80");
  json.key("n").integer(-12).key("x").floating(1.5).key("no").null().key("yes").boolean(true);
  json.key("list").begin_array().integer(1).begin_array().end_array().end_array();
  json.key("empty").begin_object().end_object().end_object();
  json.flush();
  auto const read = read_json(text);
  REQUIRE(read);
  CHECK((*read)["path"].as_string() == "/srv/\"a\"\\b\n\x01 \xC3\xA9 \xF0\x9F\x98\x80");
  CHECK((*read)["n"].as_int() == -12);
  CHECK((*read)["x"].as_double() == 1.5);
  CHECK((*read)["no"].is_null());
  CHECK((*read)["yes"].as_bool());
  CHECK((*read)["list"].entries().size() == 2);
  CHECK((*read)["empty"].is_array());
}

TEST_CASE("what is not JSON is nothing") {
  for (char const* const text :
       {"",          " ",           "{",  "{\"a\"", "{\"a\":}", "{\"a\":1,}", "[1,]",   "[1",    "\"a",  "\"\\x\"",
        "\"\\u12\"", "\"\\ud800\"", "1x", "1 2",    "--1",      "nul",        "\"\n\"", "{1:2}", "[1]]", "."}) {
    INFO(text);
    CHECK_FALSE(read_json(text));
  }
}

TEST_CASE("nesting has a bound") {
  std::string const deep(16, '[');
  CHECK(read_json(deep + std::string(16, ']')));
  CHECK_FALSE(read_json(std::string(100'000, '[')));
  CHECK_FALSE(read_json(std::string(18, '[') + std::string(18, ']')));
}

TEST_CASE("a number that is too large for an integer is a float") {
  CHECK(read_json("9223372036854775807")->as_int() == 9223372036854775807);
  CHECK(read_json("1e3")->as_double() == 1000);
  CHECK(read_json("92233720368547758070")->kind() == php::value::type::floating);
  CHECK_FALSE(read_json("1e999"));
}
