#include "fastcgi/text.hpp"

#include "support/catch.hpp"

using namespace cachetool::fastcgi;
using namespace std::chrono_literals;

TEST_CASE("printable text escapes control bytes and bytes above ASCII") {
  CHECK(printable("a b\r\n\t", 40) == "a b\\r\\n\\t");
  CHECK(printable(std::string("\x1b[2J\0\x7f\xff", 7), 40) == "\\x1b[2J\\x00\\x7f\\xff");
}

TEST_CASE("printable text says when there was more") {
  CHECK(printable("abcdef", 6) == "abcdef");
  CHECK(printable("abcdef", 5) == "abcde...");
}

TEST_CASE("durations are written as people write them") {
  CHECK(duration_text(50ms) == "50 ms");
  CHECK(duration_text(5s) == "5 s");
  CHECK(duration_text(1500ms) == "1.5 s");
  CHECK(duration_text(2005ms) == "2.005 s");
}
