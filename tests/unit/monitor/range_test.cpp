#include "monitor/range.hpp"

#include "support/catch.hpp"

using cachetool::monitor::range;

namespace {

bool alerts(std::string_view text, double value) {
  auto const read = range::read(text);
  REQUIRE(read);
  return read->alerts(value);
}

}  // namespace

TEST_CASE("the guidelines' examples alert where they say") {
  CHECK(alerts("10", -0.1));
  CHECK_FALSE(alerts("10", 0));
  CHECK_FALSE(alerts("10", 10));
  CHECK(alerts("10", 10.1));
  CHECK(alerts("10:", 9.9));
  CHECK_FALSE(alerts("10:", 10));
  CHECK_FALSE(alerts("10:", 1e12));
  CHECK_FALSE(alerts("~:10", -1e12));
  CHECK_FALSE(alerts("~:10", 10));
  CHECK(alerts("~:10", 10.1));
  CHECK(alerts("10:20", 9.9));
  CHECK_FALSE(alerts("10:20", 15));
  CHECK(alerts("10:20", 20.1));
  CHECK_FALSE(alerts("@10:20", 9.9));
  CHECK(alerts("@10:20", 10));
  CHECK(alerts("@10:20", 20));
  CHECK_FALSE(alerts("@10:20", 20.1));
}

TEST_CASE("negative and broken numbers, and a range of one value") {
  CHECK(alerts("-10:-5", 0));
  CHECK_FALSE(alerts("-10:-5", -7));
  CHECK_FALSE(alerts("0.5:0.5", 0.5));
  CHECK(alerts("@5", 3));
  CHECK(alerts("@~:5", -3));
}

TEST_CASE("a range that is wrong or the wrong way round is none") {
  for (char const* const text : {"",     "@",   ":",   "@:",  "~",    "20:10", "-5",    "@20:10", "a",  "10%", "1:2:3",
                                 "10:~", "1 0", "~10", "nan", "inf:", "0x10",  "1e999", "+5",     " 5", "5 "}) {
    INFO(text);
    CHECK_FALSE(range::read(text));
  }
}

TEST_CASE("a range is shown as it was written") {
  CHECK(range::read("@10:20")->text() == "@10:20");
}
