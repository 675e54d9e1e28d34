#include "base/take.hpp"

#include <cstdint>

#include "support/catch.hpp"

using namespace cachetool::base;

TEST_CASE("parts are taken one after the other, the last one without an end") {
  std::string_view text = "a||b";
  CHECK(take_until(text, '|') == "a");
  CHECK(take_until(text, '|').empty());
  CHECK(take_until(text, '|') == "b");
  CHECK(text.empty());
  CHECK(take_until(text, '|').empty());
}

TEST_CASE("a number is taken with the space behind it") {
  std::string_view text = "-12 9223372036854775807 rest";
  std::int64_t first = 0;
  std::int64_t second = 0;
  CHECK((take_number(text, first) && take_number(text, second)));
  CHECK(first == -12);
  CHECK(second == INT64_MAX);
  CHECK(text == "rest");
}

TEST_CASE("what is no number, has no space behind it, or does not fit is left where it is") {
  for (std::string_view const given : {"", " ", "x 1", "1", "1x ", "+1 ", "9223372036854775808 ", "-", " 1 "}) {
    INFO(given);
    std::string_view text = given;
    std::int64_t number = 0;
    CHECK_FALSE(take_number(text, number));
    CHECK(text == given);
  }
  std::string_view text = "-1 ";
  std::uint64_t number = 0;
  CHECK_FALSE(take_number(text, number));
}
