#include <limits>

#include "report/value_text.hpp"
#include "support/catch.hpp"

using cachetool::report::modern_var_export;
using cachetool::report::var_export;
using namespace std::string_view_literals;
namespace php = cachetool::php;

TEST_CASE("var_export writes null, booleans and integers") {
  CHECK(var_export({}) == "NULL");
  CHECK(var_export(true) == "true");
  CHECK(var_export(false) == "false");
  CHECK(var_export(-7) == "-7");
}

TEST_CASE("var_export writes the smallest integer as a difference") {
  CHECK(var_export(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775807-1");
}

TEST_CASE("var_export writes floats so that they are floats again") {
  CHECK(var_export(1.0) == "1.0");
  CHECK(var_export(0.05) == "0.05");
  CHECK(var_export(-0.0) == "-0.0");
  CHECK(var_export(1e25) == "1.0E+25");
  CHECK(var_export(std::numeric_limits<double>::infinity()) == "INF");
  CHECK(var_export(-std::numeric_limits<double>::infinity()) == "-INF");
  CHECK(var_export(std::numeric_limits<double>::quiet_NaN()) == "NAN");
}

TEST_CASE("var_export quotes strings and leaves line breaks in them") {
  CHECK(var_export("bar") == "'bar'");
  CHECK(var_export("it's a\\b\n") == "'it\\'s a\\\\b\n'");
  CHECK(var_export("") == "''");
}

TEST_CASE("var_export joins NUL bytes into a string") {
  CHECK(var_export("a\0b"sv) == "'a' . \"\\0\" . 'b'");
  CHECK(var_export("\0"sv) == "'' . \"\\0\" . ''");
}

TEST_CASE("var_export writes arrays with their keys") {
  php::value const array = php::array{{{std::int64_t{0}, 1}, {std::string("a"), {}}, {std::int64_t{1}, 2.5}}};
  CHECK(var_export(array) == "array (\n  0 => 1,\n  'a' => NULL,\n  1 => 2.5,\n)");
  CHECK(var_export(php::array{}) == "array (\n)");
  CHECK(var_export(php::array{{{std::string("k\0'", 3), 1}}}) == "array (\n  'k' . \"\\0\" . '\\'' => 1,\n)");
}

TEST_CASE("var_export indents what is nested and starts it on a new line") {
  php::value const inner = php::array{{{std::int64_t{0}, 2}}};
  php::value const middle = php::array{{{std::string("x"), inner}}};
  CHECK(var_export(php::array{{{std::int64_t{0}, middle}}}) == R"(array (
  0 => 
  array (
    'x' => 
    array (
      0 => 2,
    ),
  ),
))");
}

TEST_CASE("var_export writes an object as a call of __set_state") {
  php::object const object{"App\\P", {{{std::string("c"), php::array{}}, {std::int64_t{5}, 1}}}};
  CHECK(var_export(object) == R"(\App\P::__set_state(array(
   'c' => 
  array (
  ),
   5 => 1,
)))");
}

TEST_CASE("var_export writes private and protected properties by their bare name") {
  php::object const object{"P", {{{std::string("\0P\0a", 4), 1}, {std::string("\0*\0b", 4), 2}}}};
  CHECK(var_export(object) == "\\P::__set_state(array(\n   'a' => 1,\n   'b' => 2,\n))");
}

TEST_CASE("var_export writes stdClass as a cast") {
  php::value const object = php::object{"stdClass", {{{std::string("a"), 1}}}};
  CHECK(var_export(object) == "(object) array(\n   'a' => 1,\n)");
  CHECK(var_export(php::array{{{std::int64_t{0}, object}}}) ==
        "array (\n  0 => \n  (object) array(\n     'a' => 1,\n  ),\n)");
}

TEST_CASE("var_export writes enum cases by their name") {
  php::value const suit = php::enum_case{"Suit", "Hearts"};
  CHECK(var_export(suit) == "\\Suit::Hearts");
  CHECK(var_export(php::array{{{std::int64_t{0}, suit}}}) == "array (\n  0 => \n  \\Suit::Hearts,\n)");
}

TEST_CASE("var_export writes an object of unknown contents without properties") {
  CHECK(var_export(php::custom_object{"A", "data"}) == "\\A::__set_state(array(\n))");
}

TEST_CASE("var_export writes a recursion as null") {
  CHECK(var_export(php::recursion{}) == "NULL");
}

TEST_CASE("var_export writes 4096 levels") {
  php::value deep = 1;
  for (int i = 0; i < 4096; ++i) deep = php::array{{{std::int64_t{0}, deep}}};
  CHECK(var_export(deep).size() > 4096 * 4096);
}

TEST_CASE("an older PHP's var_export gets the backslash that PHP 8.2 writes before a class") {
  CHECK(modern_var_export("ArrayObject::__set_state(array(\n   0 => 1,\n))") ==
        "\\ArrayObject::__set_state(array(\n   0 => 1,\n))");
  CHECK(modern_var_export("A\\B::__set_state(array(\n))") == "\\A\\B::__set_state(array(\n))");
}

TEST_CASE("a newer PHP's var_export stays as it is") {
  std::string const text = "\\A::__set_state(array(\n   'a' => \n  (object) array(\n  ),\n))";
  CHECK(modern_var_export(text) == text);
}

TEST_CASE("what only looks like a class inside of a string stays as it is") {
  std::string const text = "'it\\'s A::__set_state(array( \\\\'";
  CHECK(modern_var_export(text) == text);
  CHECK(modern_var_export("'not closed A::__set_state(array(") == "'not closed A::__set_state(array(");
}
