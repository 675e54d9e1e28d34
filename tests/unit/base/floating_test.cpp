#include "base/floating.hpp"

#include "support/catch.hpp"

using cachetool::base::read_double;

TEST_CASE("a decimal number is read with its point and its exponent") {
  double number = 0;
  CHECK((read_double("0.5", number) && number == 0.5));
  CHECK((read_double("-2", number) && number == -2));
  CHECK((read_double("1.25e-3", number) && number == 1.25e-3));
}

TEST_CASE("what is no number as a whole is refused") {
  double number = 7;
  for (char const* text : {"", " 1", "1 ", "+1", "1,5", "0x10", "1e", "--1"}) {
    INFO(text);
    CHECK_FALSE(read_double(text, number));
  }
  CHECK_FALSE(read_double("1e999", number));
}
