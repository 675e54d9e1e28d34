#include "report/csv.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace cachetool::report;
using namespace std::string_view_literals;

namespace {

// A row of one field, written behind a header.
std::string field(std::string const& text) {
  std::string written;
  csv_writer out([&written](std::string_view piece) { written += piece; }, {"h"});
  out.row({text});
  out.flush();
  REQUIRE(written.starts_with("h\n"));
  REQUIRE(written.ends_with("\n"));
  return written.substr(2, written.size() - 3);
}

}  // namespace

TEST_CASE("a header and rows are written, a line each") {
  std::string written;
  csv_writer out([&written](std::string_view piece) { written += piece; }, {"endpoint", "hits"});
  out.row({"/run/php.sock", "5"});
  out.row({"", ""});
  out.flush();
  CHECK(written == "endpoint,hits\n/run/php.sock,5\n,\n");
}

TEST_CASE("a plain field is not quoted") {
  CHECK(field("plain field") == "plain field");
  CHECK(field("").empty());
}

TEST_CASE("a field with a comma, a quote or a line break is quoted") {
  CHECK(field("a,b") == "\"a,b\"");
  CHECK(field("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(field("a\nb") == "\"a\nb\"");
  CHECK(field("a\rb") == "\"a\rb\"");
}

TEST_CASE("a field with a space at an end is quoted") {
  CHECK(field(" a") == "\" a\"");
  CHECK(field("a ") == "\"a \"");
}

TEST_CASE("other bytes are written as they are") {
  std::string const bytes{"\0\033\xFF\t"sv};
  CHECK(field(bytes) == bytes);
}

TEST_CASE("many rows reach the sink in pieces of bounded size") {
  std::size_t total = 0;
  std::size_t largest = 0;
  csv_writer out(
      [&](std::string_view piece) {
        total += piece.size();
        largest = std::max(largest, piece.size());
      },
      {"number", "name"});
  for (int i = 0; i < 20'000; ++i) out.row({"12345", "0123456789"});
  CHECK(total > 300'000);
  out.flush();
  CHECK(total == 12 + 20'000 * 17);
  CHECK(largest <= 64 * 1024);
}

TEST_CASE("what the sink throws passes through") {
  csv_writer out([](std::string_view) { throw std::runtime_error("closed"); }, {"h"});
  CHECK_THROWS_WITH(out.flush(), "closed");
}
