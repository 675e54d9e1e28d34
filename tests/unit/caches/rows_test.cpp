#include "caches/rows.hpp"

#include <cachetool/error.hpp>

#include "caches/opcache.hpp"
#include "caches/script_selection.hpp"
#include "fake_adapter.hpp"
#include "releases/site.hpp"
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

TEST_CASE("as many rows as the largest OPcache has places are counted, and no more") {
  caches::row_counter counter;
  for (std::size_t i = 0; i < caches::most_scripts; ++i) counter.count();
  CHECK_THROWS_WITH(counter.count(), "PHP sent more than 1048793 rows, which no cache holds");
}

TEST_CASE("of the text of rows 128 MiB are held, and no more") {
  caches::row_counter counter;
  std::string const name(std::size_t{1} << 20, 'x');
  for (int i = 0; i < 128; ++i) counter.count(name);
  CHECK_THROWS_WITH(counter.count("x"), "PHP sent more than 128 MiB of names, too many to be held at once");
}

namespace {

/// A pool that sends the same row for ever, until the program has enough.
test::fake_adapter endless(std::string const& row) {
  return test::fake_adapter([row](agent::call const& call) -> agent::answer {
    std::string piece;
    for (int i = 0; i < 5000; ++i) piece += row;
    for (int i = 0; i < 1000; ++i) call.rows(piece);
    return {};
  });
}

template <class Call>
void check_is_ended(std::string const& row, Call const& call) {
  auto pool = endless(row);
  CHECK_THROWS_WITH(call(pool), "PHP sent more than 1048793 rows, which no cache holds");
}

}  // namespace

TEST_CASE("a pool that sends rows without end is listened to for as many as the largest OPcache has places") {
  check_is_ended("0 0 0 0 1 x\n", [](auto& php) { opcache::read_scripts(php, {}, [](auto const&) {}); });
  check_is_ended("0 0 0 0 1 x\n", [](auto& php) { opcache::select(php, {"/"}); });
  check_is_ended("0 0 1 x\n", [](auto& php) { opcache::invalidate(php, {}); });
  check_is_ended("0 1 x\n", [](auto& php) { releases::scripts_with_aliases(php, "/srv/current", {"/"}); });
}
