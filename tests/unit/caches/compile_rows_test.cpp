#include "caches/compile_rows.hpp"

#include "support/catch.hpp"

using namespace cachetool;
using opcache::file_outcome;

namespace {

std::string row(std::string_view word) {
  return php::serialize(php::array{
      {{std::int64_t{0}, word}, {std::int64_t{1}, "why"}, {std::int64_t{2}, php::array{}}, {std::int64_t{3}, "look"}}});
}

}  // namespace

TEST_CASE("a row tells what became of a file, why, and what the file looked like") {
  opcache::compile_row const read = opcache::read_compile_row(row("not_cached"));
  CHECK(read.outcome == file_outcome::not_cached);
  CHECK(read.why == "why");
  CHECK(read.look == "look");
}

TEST_CASE("a file that ended the request of its compilation has failed") {
  CHECK(opcache::read_compile_row(row("fatal")).outcome == file_outcome::failed);
}

TEST_CASE("a row whose outcome is none of the agent's words is a broken answer") {
  for (char const* word : {"", "caches", "CACHED", "cached "}) {
    CAPTURE(word);
    CHECK_THROWS_AS(opcache::read_compile_row(row(word)), error);
  }
}

TEST_CASE("a row with less than an outcome, a reason and warnings is a broken answer") {
  CHECK_THROWS_AS(opcache::read_compile_row(php::serialize(php::array{{{std::int64_t{0}, "cached"}}})), error);
  CHECK_THROWS_AS(opcache::read_compile_row("?"), error);
}
