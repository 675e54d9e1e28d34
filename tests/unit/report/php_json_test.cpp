#include <limits>

#include "report/value_text.hpp"
#include "support/catch.hpp"

using namespace cachetool::report;
using namespace std::string_view_literals;
namespace php = cachetool::php;

namespace {

php::value array(std::initializer_list<php::entry> entries) {
  return php::array{entries};
}

}  // namespace

// The texts are what json_encode() of PHP 8.2 gives.
TEST_CASE("scalars are as json_encode writes them") {
  CHECK(php_json(php::value()) == "null");
  CHECK(php_json(true) == "true");
  CHECK(php_json(-5) == "-5");
  CHECK(php_json(0.1) == "0.1");
  CHECK(php_json(10.0) == "10");
  CHECK(php_json(-0.0) == "-0");
  CHECK(php_json(1e25) == "1.0e+25");
  CHECK(php_json(1e-7) == "1.0e-7");
}

TEST_CASE("json_encode's text is ASCII with slashes escaped") {
  CHECK(php_json("\xC3\xA9/\"\\") == R"("\u00e9\/\"\\")");
  CHECK(php_json("\x01\x7F\b\f\n\r\t") == "\"\\u0001\x7F\\b\\f\\n\\r\\t\"");
  CHECK(php_json("\xF0\x9F\x98\x80") == R"("\ud83d\ude00")");
}

TEST_CASE("json_encode writes a list as an array and other arrays as objects") {
  CHECK(php_json(array({{std::int64_t{0}, 1}, {std::int64_t{1}, "a"}})) == R"([1,"a"])");
  CHECK(php_json(array({{std::int64_t{1}, 2}, {std::string(), true}})) == R"({"1":2,"":true})");
  CHECK(php_json(array({})) == "[]");
}

TEST_CASE("json_encode writes an object's public properties and not its class") {
  php::object what{"Foo", {{{std::string("a"), 1}, {std::string("\0*\0b"sv), 2}, {std::string("\0Foo\0c"sv), 3}}}};
  CHECK(php_json(what) == R"({"a":1})");
  CHECK(php_json(php::object{"stdClass", {}}) == "{}");
}

TEST_CASE("what json_encode refuses has no JSON") {
  CHECK_FALSE(php_json("\xFF"));
  CHECK_FALSE(php_json(std::numeric_limits<double>::infinity()));
  CHECK_FALSE(php_json(std::numeric_limits<double>::quiet_NaN()));
  CHECK_FALSE(php_json(array({{std::int64_t{0}, php::recursion{}}})));
}

TEST_CASE("json_encode nests arrays 512 deep and no deeper") {
  php::value nested = 1;
  for (int i = 0; i < 512; ++i) nested = array({{std::int64_t{0}, nested}});
  CHECK(php_json(nested));
  CHECK_FALSE(php_json(array({{std::int64_t{0}, nested}})));
}
