#include <cachetool/php/value.hpp>

#include <limits>

#include "support/catch.hpp"

namespace php = cachetool::php;
using php::serialize;

TEST_CASE("scalars are serialized as PHP does") {
  CHECK(serialize({}) == "N;");
  CHECK(serialize(true) == "b:1;");
  CHECK(serialize(false) == "b:0;");
  CHECK(serialize(-42) == "i:-42;");
  CHECK(serialize(std::numeric_limits<std::int64_t>::min()) == "i:-9223372036854775808;");
}

TEST_CASE("floats are serialized exactly, with exponents where PHP has them") {
  CHECK(serialize(0.1) == "d:0.1;");
  CHECK(serialize(1.0) == "d:1;");
  CHECK(serialize(-0.0) == "d:-0;");
  CHECK(serialize(1e16) == "d:10000000000000000;");
  CHECK(serialize(1e17) == "d:1.0E+17;");
  CHECK(serialize(0.0001) == "d:0.0001;");
  CHECK(serialize(0.00001) == "d:1.0E-5;");
  CHECK(serialize(123456789012345678.0) == "d:1.2345678901234568E+17;");
  CHECK(serialize(4.9406564584124654e-324) == "d:5.0E-324;");
}

TEST_CASE("infinities and not-a-number have names") {
  CHECK(serialize(std::numeric_limits<double>::infinity()) == "d:INF;");
  CHECK(serialize(-std::numeric_limits<double>::infinity()) == "d:-INF;");
  CHECK(serialize(std::numeric_limits<double>::quiet_NaN()) == "d:NAN;");
}

TEST_CASE("strings are counted in bytes and written as they are") {
  CHECK(serialize("") == "s:0:\"\";");
  CHECK(serialize("\xC3\xA9") == "s:2:\"\xC3\xA9\";");
  CHECK(serialize(std::string("a\0\";", 4)) == std::string("s:4:\"a\0\";\";", 11));
}

TEST_CASE("arrays keep their order and the kind of their keys") {
  php::value const array = php::array{{{std::string("a"), 1}, {std::int64_t{-3}, php::array{}}}};
  CHECK(serialize(array) == "a:2:{s:1:\"a\";i:1;i:-3;a:0:{}}");
}

TEST_CASE("objects, custom objects and enum cases carry their class") {
  CHECK(serialize(php::object{"A\\B", {{{std::string("x"), true}}}}) == "O:3:\"A\\B\":1:{s:1:\"x\";b:1;}");
  CHECK(serialize(php::custom_object{"A", "any}thing"}) == "C:1:\"A\":9:{any}thing}");
  CHECK(serialize(php::enum_case{"Suit", "Hearts"}) == "E:11:\"Suit:Hearts\";");
}

TEST_CASE("a recursion is serialized as null") {
  CHECK(serialize(php::recursion{}) == "N;");
}
