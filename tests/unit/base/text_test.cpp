#include "base/text.hpp"

#include "support/catch.hpp"

using namespace cachetool::base;
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

TEST_CASE("a word for a shell is quoted where it holds anything that means something there") {
  using cachetool::base::shell_word;
  CHECK(shell_word("/srv/site-1/current") == "/srv/site-1/current");
  CHECK(shell_word("/x/$(touch /tmp/pwned)") == "'/x/$(touch /tmp/pwned)'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("a;b") == "'a;b'");
}

TEST_CASE("one thing is counted in the singular, and any other number in the plural") {
  CHECK(counted(1, "script") == "1 script");
  CHECK(counted(0, "script") == "0 scripts");
  CHECK(counted(-1, "script") == "-1 scripts");
  CHECK(counted(2, "running request") == "2 running requests");
}
