#include "caches/rows.hpp"

#include <cachetool/fastcgi/error.hpp>

#include "support/catch.hpp"

using namespace cachetool;
using caches::take_row;

namespace {

bool is_refused(std::string_view rows, std::size_t count = 1) {
  std::int64_t numbers[4];
  try {
    take_row(rows, std::span(numbers).first(count));
    return false;
  } catch (error const& failed) {
    return failed.kind() == error_kind::protocol;
  }
}

}  // namespace

TEST_CASE("rows are taken one after the other") {
  std::string_view rows = "1 -2 3 abc\n4 5 0 \n";
  std::int64_t numbers[2];
  CHECK(take_row(rows, numbers) == "abc");
  CHECK(numbers[0] == 1);
  CHECK(numbers[1] == -2);
  CHECK(take_row(rows, numbers).empty());
  CHECK(numbers[1] == 5);
  CHECK(rows.empty());
}

TEST_CASE("a row's text may hold spaces and line breaks") {
  std::string_view rows = "5 a\n1 b\n";
  CHECK(take_row(rows, {}) == "a\n1 b");
}

TEST_CASE("a row that is cut off is refused") {
  CHECK(is_refused(""));
  CHECK(is_refused("1"));
  CHECK(is_refused("1 "));
  CHECK(is_refused("1 3 abc"));
  CHECK(is_refused("1 3 ab"));
}

TEST_CASE("a row with a wrong length is refused") {
  CHECK(is_refused("1 -1 abc\n"));
  CHECK(is_refused("1 2 abc\n"));
  CHECK(is_refused("1 9223372036854775807 abc\n"));
  CHECK(is_refused("1 9223372036854775808 abc\n"));
}

TEST_CASE("a row whose number is none is refused") {
  CHECK(is_refused("x 3 abc\n"));
  CHECK(is_refused("1.5 3 abc\n"));
}
