#include <cachetool/php/value.hpp>

#include <cmath>
#include <limits>

#include "support/catch.hpp"

namespace php = cachetool::php;
using php::unserialize;
using kind = php::value::type;
using namespace std::string_view_literals;

namespace {

php::value read(std::string_view input, php::unserialize_limits limits = {}) {
  auto const result = unserialize(input, limits);
  INFO("input: " << input.substr(0, 200));
  if (!result) FAIL("at " << result.failure().offset << ": " << result.failure().reason);
  return *result;
}

std::string error_of(std::string_view input, php::unserialize_limits limits = {}) {
  auto const result = unserialize(input, limits);
  if (result) return "no error";
  return std::to_string(result.failure().offset) + ": " + std::string(result.failure().reason);
}

// Two arrays around nothing: "a:1:{i:0;a:1:{i:0;N;}}".
std::string nested(std::size_t depth, std::string_view inside = "N;") {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += "a:1:{i:0;";
  text += inside;
  return text.append(depth, '}');
}

}  // namespace

TEST_CASE("scalars are read") {
  CHECK(read("N;").is_null());
  CHECK(read("b:1;").as_bool());
  CHECK_FALSE(read("b:0;").as_bool(true));
  CHECK(read("i:-42;").as_int() == -42);
  CHECK(read("s:3:\"a\";\";").as_string() == "a\";");
  CHECK(read("s:0:\"\";").as_string("x").empty());
}

TEST_CASE("the smallest and the largest integer are read") {
  CHECK(read("i:9223372036854775807;").as_int() == std::numeric_limits<std::int64_t>::max());
  CHECK(read("i:-9223372036854775808;").as_int() == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("floats are read in every form that PHP writes") {
  CHECK(read("d:0.1;").as_double() == 0.1);
  CHECK(read("d:0.10000000000000001;").as_double() == 0.1);
  CHECK(read("d:-1.5;").as_double() == -1.5);
  CHECK(read("d:1000000;").as_double() == 1e6);
  CHECK(read("d:1.0E+25;").as_double() == 1e25);
  CHECK(read("d:4.9406564584124654E-324;").as_double() == std::numeric_limits<double>::denorm_min());
  CHECK(std::signbit(read("d:-0;").as_double()));
  CHECK(read("d:INF;").as_double() == std::numeric_limits<double>::infinity());
  CHECK(read("d:-INF;").as_double() == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(read("d:NAN;").as_double()));
}

TEST_CASE("arrays are read in their order") {
  php::value const array = read("a:3:{i:7;s:1:\"x\";s:1:\"k\";a:0:{}i:-1;b:1;}");
  REQUIRE(array.entries().size() == 3);
  CHECK(array.entries()[0].key == php::key(std::int64_t{7}));
  CHECK(array.entries()[1].key == php::key(std::string("k")));
  CHECK(array.entries()[1].item.is_array());
  CHECK(array.entries()[2].key == php::key(std::int64_t{-1}));
}

TEST_CASE("decimal string keys of arrays become integers, as PHP makes them") {
  php::value const array =
      read("a:5:{s:1:\"5\";i:1;s:2:\"05\";i:2;s:2:\"-0\";i:3;s:2:\"-5\";i:4;s:19:\"9223372036854775808\";i:5;}");
  CHECK(array.entries()[0].key == php::key(std::int64_t{5}));
  CHECK(array.entries()[1].key == php::key(std::string("05")));
  CHECK(array.entries()[2].key == php::key(std::string("-0")));
  CHECK(array.entries()[3].key == php::key(std::int64_t{-5}));
  CHECK(array.entries()[4].key == php::key(std::string("9223372036854775808")));
}

TEST_CASE("the last of several entries with one key wins, in the place of the first") {
  CHECK(serialize(read("a:3:{i:0;i:1;i:1;i:5;i:0;i:2;}")) == "a:2:{i:0;i:2;i:1;i:5;}");
  CHECK(serialize(read("a:4:{s:1:\"a\";i:1;s:1:\"b\";i:2;s:1:\"a\";i:3;s:1:\"a\";i:4;}")) ==
        "a:2:{s:1:\"a\";i:4;s:1:\"b\";i:2;}");
  CHECK(serialize(read("a:2:{s:1:\"5\";i:1;i:5;i:2;}")) == "a:1:{i:5;i:2;}");
}

TEST_CASE("an object keeps the names of its properties as they are") {
  php::value const object = read("O:1:\"A\":3:{s:4:\"\0A\0p\";i:1;s:4:\"\0*\0q\";i:2;s:1:\"5\";i:3;}"sv);
  REQUIRE(object.if_object() != nullptr);
  auto const& properties = object.if_object()->properties.entries;
  CHECK(object.if_object()->class_name == "A");
  CHECK(properties[0].key == php::key(std::string("\0A\0p", 4)));
  CHECK(properties[1].key == php::key(std::string("\0*\0q", 4)));
  CHECK(properties[2].key == php::key(std::string("5")));
}

TEST_CASE("an object may have integer keys, as __serialize() gives them") {
  php::value const object = read("O:11:\"ArrayObject\":1:{i:0;i:7;}");
  CHECK(object.if_object()->properties.entries[0].key == php::key(std::int64_t{0}));
}

TEST_CASE("a custom object's data is taken as it is") {
  php::value const object = read("C:3:\"A\\B\":5:{x}};\"}");
  CHECK(object.if_custom_object()->class_name == "A\\B");
  CHECK(object.if_custom_object()->data == "x}};\"");
}

TEST_CASE("an enum case is read") {
  php::value const suit = read("E:15:\"App\\Suit:Hearts\";");
  CHECK(suit.if_enum_case()->class_name == "App\\Suit");
  CHECK(suit.if_enum_case()->case_name == "Hearts");
}

TEST_CASE("a reference is the value it names") {
  CHECK(serialize(read("a:2:{i:0;i:4;i:1;R:2;}")) == "a:2:{i:0;i:4;i:1;i:4;}");
  php::value const shared = read("a:2:{i:0;a:1:{i:0;i:4;}i:1;R:2;}");
  CHECK(shared.entries()[0].item.entries().data() == shared.entries()[1].item.entries().data());
}

TEST_CASE("an object reference is the object it names") {
  php::value const pair = read("a:2:{i:0;O:1:\"A\":0:{}i:1;r:2;}");
  CHECK(pair.entries()[0].item.if_object() == pair.entries()[1].item.if_object());
}

TEST_CASE("an object reference may name a custom object or an enum case") {
  CHECK(serialize(read("a:2:{i:0;C:1:\"A\":0:{}i:1;r:2;}")) == "a:2:{i:0;C:1:\"A\":0:{}i:1;C:1:\"A\":0:{}}");
  CHECK(serialize(read("a:2:{i:0;E:3:\"S:H\";i:1;r:2;}")) == "a:2:{i:0;E:3:\"S:H\";i:1;E:3:\"S:H\";}");
}

TEST_CASE("keys take no number, and values within arrays and objects do") {
  CHECK(read("a:3:{s:1:\"k\";a:2:{i:0;i:10;i:1;i:11;}i:0;O:1:\"A\":1:{s:1:\"p\";i:12;}i:1;R:6;}")["1"].as_int() == 12);
}

TEST_CASE("R: takes no number of its own") {
  CHECK(read("a:4:{i:0;i:10;i:1;R:2;i:2;i:11;i:3;R:3;}")["3"].as_int() == 11);
}

TEST_CASE("r: takes a number of its own") {
  CHECK(read("a:4:{i:0;O:1:\"A\":0:{}i:1;r:2;i:2;i:11;i:3;R:4;}")["3"].as_int() == 11);
  CHECK(read("a:3:{i:0;O:1:\"A\":0:{}i:1;r:2;i:2;R:3;}")["2"].if_object() != nullptr);
}

TEST_CASE("what is within a custom object's data takes no number") {
  CHECK(read("a:3:{i:0;C:1:\"A\":8:{i:1;i:2;}i:1;i:11;i:2;R:3;}")["2"].as_int() == 11);
}

TEST_CASE("a reference to an array or object around it is a recursion") {
  CHECK(read("a:1:{i:0;R:1;}")["0"].kind() == kind::recursion);
  CHECK(read("O:1:\"A\":1:{s:1:\"a\";r:1;}").if_object()->properties.entries[0].item.kind() == kind::recursion);
}

TEST_CASE("a reference to an object reference that was a recursion is the whole object once it is closed") {
  CHECK(read("a:2:{i:0;O:1:\"A\":1:{s:1:\"a\";r:2;}i:1;R:3;}")["1"].kind() == kind::object);
}

TEST_CASE("4096 levels are read, written and destroyed") {
  std::string const input = nested(4096);
  CHECK(serialize(read(input)) == input);
}

TEST_CASE("a value that many references share is stored once") {
  std::string input = "a:1001:{i:0;s:1000:\"" + std::string(1000, 'x') + "\";";
  for (int i = 1; i <= 1000; ++i) input += "i:" + std::to_string(i) + ";R:2;";
  php::value const array = read(input + "}");
  CHECK(array.entries()[0].item.as_string().data() == array.entries()[1000].item.as_string().data());
}

TEST_CASE("an array of keys that fall in no order is read in a moment") {
  std::string input = "a:5000:{";
  for (int i = 0; i < 5000; ++i) {
    std::string const name = "key " + std::to_string(i * 7919 % 5000);
    input += "s:" + std::to_string(name.size()) + ":\"" + name + "\";N;";
  }
  CHECK(read(input + "}").entries().size() == 5000);
}

// Every error follows.

TEST_CASE("empty input is an error") {
  CHECK(error_of("") == "0: input ends early");
}

TEST_CASE("input that ends anywhere within a value is an error") {
  std::string const whole =
      "a:8:{i:0;i:-5;s:1:\"k\";d:1.5E+30;i:2;b:1;i:3;N;i:4;O:1:\"A\":1:{s:1:\"p\";s:2:\"xy\";}i:5;C:1:\"A\":2:{ab}"
      "i:6;E:3:\"S:H\";i:7;R:2;}";
  CHECK(error_of(whole) == "no error");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO(whole.substr(0, length));
    CHECK_FALSE(unserialize(whole.substr(0, length)));
  }
}

TEST_CASE("bytes after the value are an error") {
  CHECK(error_of("N;N;") == "2: more bytes after the value");
  CHECK(error_of("a:0:{};") == "6: more bytes after the value");
  CHECK(error_of("i:1;\n") == "4: more bytes after the value");
}

TEST_CASE("an unknown type is an error") {
  CHECK(error_of("x:1;") == "0: unknown type");
  CHECK(error_of("}") == "0: unknown type");
  CHECK(error_of("o:0:{}") == "0: unknown type");
  CHECK(error_of("S:1:\"a\";") == "0: unknown type");
  CHECK(error_of("\0"sv) == "0: unknown type");
}

TEST_CASE("missing punctuation is an error") {
  CHECK(error_of("N:") == "0: punctuation is missing");
  CHECK(error_of("b:1}") == "2: punctuation is missing");
  CHECK(error_of("i:1}") == "3: punctuation is missing");
  CHECK(error_of("s:1;\"a\";") == "3: punctuation is missing");
  CHECK(error_of("s:1:\"ab\";") == "6: punctuation is missing");
  CHECK(error_of("a:1;{i:0;N;}") == "3: punctuation is missing");
  CHECK(error_of("O:1:\"A\";0:{}") == "7: punctuation is missing");
  CHECK(error_of("C:1:\"A\":1:{ab}") == "12: punctuation is missing");
  CHECK(error_of("a:1:{i:0:N;}") == "8: punctuation is missing");
}

TEST_CASE("a boolean that is neither 0 nor 1 is an error") {
  CHECK(error_of("b:2;") == "2: boolean is neither 0 nor 1");
}

TEST_CASE("an integer in a form that PHP does not write is an error") {
  for (auto const* input : {"i:;", "i:+5;", "i:05;", "i:-0;", "i:-;", "i: 5;", "i:--5;", "i:5-;", "i:0x5;"}) {
    INFO(input);
    CHECK_FALSE(unserialize(input));
  }
  CHECK(error_of("i:05;") == "2: integer is malformed");
}

TEST_CASE("an integer out of range is an error") {
  CHECK(error_of("i:9223372036854775808;") == "2: integer is out of range");
  CHECK(error_of("i:-9223372036854775809;") == "2: integer is out of range");
}

TEST_CASE("a float in a form that PHP does not write is an error") {
  for (auto const* input : {"d:;", "d:+1;", "d:.5;", "d:1.;", "d:01;", "d:1e5;", "d:1.5E5;", "d:1E+;", "d:-;", "d: 1;",
                            "d:0x1;", "d:inf;", "d:+INF;", "d:-NAN;", "d:INFINITY;", "d:1.5.5;"}) {
    INFO(input);
    CHECK_FALSE(unserialize(input));
  }
  CHECK(error_of("d:.5;") == "2: float is malformed");
}

TEST_CASE("a float out of range is an error") {
  CHECK(error_of("d:1.0E+999;") == "2: float is out of range");
  CHECK(error_of("d:1.0E-999;") == "2: float is out of range");
  CHECK(error_of("d:1.0E+99999999999999999999;") == "2: float is out of range");
}

TEST_CASE("a negative length is an error") {
  CHECK(error_of("s:-1:\"\";") == "2: length is negative");
  CHECK(error_of("a:-1:{}") == "2: length is negative");
}

TEST_CASE("a length in a form that PHP does not write is an error") {
  CHECK(error_of("s:+1:\"a\";") == "2: integer is malformed");
  CHECK(error_of("a:01:{i:0;N;}") == "2: integer is malformed");
}

TEST_CASE("a string shorter than its length is an error") {
  CHECK(error_of("s:6:\"abc\";") == "5: string is shorter than its length");
  CHECK(error_of("s:9223372036854775807:\"abc\";") == "23: string is shorter than its length");
  CHECK(error_of("C:1:\"A\":99:{x}") == "12: string is shorter than its length");
}

TEST_CASE("a string longer than its length is an error") {
  CHECK_FALSE(unserialize("s:1:\"abc\";"));
}

TEST_CASE("a claimed count allocates nothing") {
  CHECK(error_of("a:999999999:{i:0;N;}") == "19: key is neither an integer nor a string");
  CHECK(error_of("a:9223372036854775807:{") == "23: key is neither an integer nor a string");
  CHECK(error_of("O:1:\"A\":999999999:{}") == "19: key is neither an integer nor a string");
}

TEST_CASE("more entries than the count is an error") {
  CHECK(error_of("a:1:{i:0;N;i:1;N;}") == "11: punctuation is missing");
}

TEST_CASE("a key that is neither an integer nor a string is an error") {
  CHECK(error_of("a:1:{d:1;N;}") == "5: key is neither an integer nor a string");
  CHECK(error_of("a:1:{N;N;}") == "5: key is neither an integer nor a string");
  CHECK(error_of("O:1:\"A\":1:{b:1;N;}") == "11: key is neither an integer nor a string");
}

TEST_CASE("a malformed class name is an error") {
  CHECK(error_of("O:0:\"\":0:{}") == "2: class name is malformed");
  CHECK(error_of("O:2:\"\\A\":0:{}") == "2: class name is malformed");
  CHECK(error_of("O:3:\"A B\":0:{}") == "2: class name is malformed");
  CHECK(error_of("O:2:\"\0A\":0:{}"sv) == "2: class name is malformed");
  CHECK(error_of("C:1:\"-\":0:{}") == "2: class name is malformed");
}

TEST_CASE("a malformed enum case is an error") {
  for (auto const* input :
       {"E:0:\"\";", "E:4:\"Suit\";", "E:5:\"Suit:\";", "E:2:\":H\";", "E:5:\"S:H:x\";", "E:4:\"S:\\H\";"}) {
    INFO(input);
    CHECK(error_of(input) == "2: enum case is malformed");
  }
}

TEST_CASE("a reference to a value that is not there is an error") {
  std::string const reason = ": reference to a value that is not there";
  CHECK(error_of("R:1;") == "2" + reason);
  CHECK(error_of("r:1;") == "2" + reason);
  CHECK(error_of("a:1:{i:0;R:0;}") == "11" + reason);
  CHECK(error_of("a:1:{i:0;R:-1;}") == "11" + reason);
  CHECK(error_of("a:1:{i:0;R:2;}") == "11" + reason);
  CHECK(error_of("a:1:{i:0;r:2;}") == "11" + reason);
  CHECK(error_of("a:1:{i:0;R:9223372036854775807;}") == "11" + reason);
}

TEST_CASE("an object reference that names no object is an error") {
  std::string const reason = ": reference to an object names none";
  CHECK(error_of("a:2:{i:0;i:5;i:1;r:2;}") == "19" + reason);
  CHECK(error_of("a:2:{i:0;a:0:{}i:1;r:2;}") == "21" + reason);
  CHECK(error_of("a:1:{i:0;r:1;}") == "11" + reason);
}

TEST_CASE("nesting past the limit is an error") {
  CHECK(error_of(nested(4097)) == std::to_string(4096 * 9 + 2) + ": nested too deep");
  CHECK(error_of(nested(100'000)) == std::to_string(4096 * 9 + 2) + ": nested too deep");
  php::unserialize_limits limits;
  limits.max_depth = 1;
  CHECK(error_of("a:0:{}", limits) == "no error");
  CHECK(error_of("a:1:{i:0;O:1:\"A\":0:{}}", limits) == "11: nested too deep");
}

TEST_CASE("nesting that references build is counted too") {
  std::string const half = nested(3000);
  std::string const input = "a:2:{i:0;" + half + "i:1;" + nested(3000, "R:2;") + "}";
  CHECK(error_of(input).find("nested too deep") != std::string::npos);
}

TEST_CASE("more values than allowed is an error") {
  php::unserialize_limits limits;
  limits.max_values = 3;
  CHECK(error_of("a:2:{i:0;N;i:1;N;}", limits) == "no error");
  CHECK(error_of("a:3:{i:0;N;i:1;N;i:2;N;}", limits) == "23: more values than allowed");
}

TEST_CASE("values that references multiply are counted each time") {
  std::string input = "a:61:{i:0;a:2:{i:0;N;i:1;N;}";
  std::size_t number = 2;
  for (int i = 1; i <= 60; ++i) {
    std::string const twice = "R:" + std::to_string(number) + ";";
    input += "i:" + std::to_string(i) + ";a:2:{i:0;" + twice + "i:1;" + twice + "}";
    number += i == 1 ? 3 : 1;
  }
  CHECK(error_of(input + "}").find("more values than allowed") != std::string::npos);
}

TEST_CASE("more text than allowed is an error") {
  php::unserialize_limits limits;
  limits.max_text = 4;
  CHECK(error_of("a:1:{s:1:\"k\";s:3:\"abc\";}", limits) == "no error");
  CHECK(error_of("a:1:{s:1:\"k\";s:4:\"abcd\";}", limits) == "24: more text than allowed");
  CHECK(error_of("s:5:\"abcde\";", limits).find("more text than allowed") != std::string::npos);
  CHECK(error_of("a:1:{s:5:\"abcde\";N;}", limits).find("more text than allowed") != std::string::npos);
  CHECK(error_of("O:5:\"Abcde\":0:{}", limits).find("more text than allowed") != std::string::npos);
  CHECK(error_of("C:3:\"Abc\":2:{xx}", limits).find("more text than allowed") != std::string::npos);
  CHECK(error_of("E:5:\"Abc:D\";", limits).find("more text than allowed") != std::string::npos);
}

TEST_CASE("text that references multiply is counted each time") {
  php::unserialize_limits limits;
  limits.max_text = 8;
  CHECK(error_of("a:2:{i:0;s:4:\"abcd\";i:1;R:2;}", limits) == "no error");
  CHECK(error_of("a:3:{i:0;s:4:\"abcd\";i:1;R:2;i:2;R:2;}", limits).find("more text than allowed") !=
        std::string::npos);
}
