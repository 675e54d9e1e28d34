#include "report/value_text.hpp"

#include <limits>

#include "support/catch.hpp"

using namespace cachetool::report;
using namespace std::string_view_literals;
namespace php = cachetool::php;

TEST_CASE("bytes have a unit and at most two decimals") {
  CHECK(bytes(616) == "616 b");
  CHECK(bytes(1219) == "1.19 KiB");
  CHECK(bytes(2040) == "1.99 KiB");
  CHECK(bytes(18347704) == "17.5 MiB");
  CHECK(bytes(268435456) == "256 MiB");
  CHECK(bytes(6.5 * 1024 * 1024 * 1024) == "6.5 GiB");
}

TEST_CASE("no bytes, and fewer than none, are 0 b") {
  CHECK(bytes(0) == "0 b");
  CHECK(bytes(-5) == "0 b");
  CHECK(bytes(std::numeric_limits<double>::quiet_NaN()) == "0 b");
}

TEST_CASE("a power of 1024 starts a unit, and one less does not") {
  CHECK(bytes(1023) == "1023 b");
  CHECK(bytes(1024) == "1 KiB");
  CHECK(bytes(1024 * 1024 - 1) == "1024 KiB");
  CHECK(bytes(1024 * 1024) == "1 MiB");
  CHECK(bytes(0x1p30) == "1 GiB");
  CHECK(bytes(0x1p40) == "1 TiB");
}

TEST_CASE("TiB is the largest unit") {
  CHECK(bytes(0x1p60) == "1048576 TiB");
  CHECK(bytes(std::numeric_limits<double>::max()).ends_with("E+296 TiB"));
  CHECK(bytes(std::numeric_limits<double>::infinity()) == "INF TiB");
}

TEST_CASE("halves are rounded up, as are those that fifteen digits cannot tell from one") {
  CHECK(bytes(1.125 * 1024) == "1.13 KiB");
  CHECK(bytes(110'493'557'547'499) == "100.49 TiB");
  CHECK(bytes(1.375 * 1024 * 1024) == "1.38 MiB");
}

TEST_CASE("dates are in the form of RFC 2822, in UTC") {
  CHECK(date(1795391161) == "Sun, 22 Nov 2026 23:46:01 +0000");
  CHECK(date(932) == "Thu, 01 Jan 1970 00:15:32 +0000");
  CHECK(date(-1) == "Wed, 31 Dec 1969 23:59:59 +0000");
  CHECK(date(951782400) == "Tue, 29 Feb 2000 00:00:00 +0000");
}

TEST_CASE("a time outside the years 0 to 9999 is the bare number") {
  CHECK(date(-62'167'219'200) == "Sat, 01 Jan 0000 00:00:00 +0000");
  CHECK(date(253'402'300'799) == "Fri, 31 Dec 9999 23:59:59 +0000");
  CHECK(date(253'402'300'800) == "253402300800");
  CHECK(date(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("thousands are separated by commas") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1234567) == "1,234,567");
  CHECK(grouped(-999) == "-999");
  CHECK(grouped(-123456) == "-123,456");
  CHECK(grouped(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775,808");
}

TEST_CASE("floats are echoed with fourteen digits") {
  CHECK(php_float(26.315789473684212) == "26.315789473684");
  CHECK(php_float(0) == "0");
  CHECK(php_float(-0.0) == "-0");
  CHECK(php_float(100) == "100");
  CHECK(php_float(0.1 + 0.2) == "0.3");
  CHECK(php_float(1.6709564980243e19) == "1.6709564980243E+19");
  CHECK(php_float(1e25) == "1.0E+25");
  CHECK(php_float(1e13) == "10000000000000");
  CHECK(php_float(1e14) == "1.0E+14");
  CHECK(php_float(0.0001) == "0.0001");
  CHECK(php_float(0.00001) == "1.0E-5");
  CHECK(php_float(std::numeric_limits<double>::infinity()) == "INF");
  CHECK(php_float(-std::numeric_limits<double>::infinity()) == "-INF");
  CHECK(php_float(std::numeric_limits<double>::quiet_NaN()) == "NAN");
}

TEST_CASE("exact floats are the shortest text that reads back equal") {
  CHECK(php_float_exact(0.05) == "0.05");
  CHECK(php_float_exact(0.1 + 0.2) == "0.30000000000000004");
  CHECK(php_float_exact(1e25) == "1.0E+25");
  CHECK(php_float_exact(1e15) == "1000000000000000");
}

TEST_CASE("values are converted to strings as echo does") {
  CHECK(php_string({}).empty());
  CHECK(php_string(true) == "1");
  CHECK(php_string(false).empty());
  CHECK(php_string(-5) == "-5");
  CHECK(php_string(1.5) == "1.5");
  CHECK(php_string("text") == "text");
  CHECK(php_string(php::array{}) == "Array");
  CHECK(php_string(php::object{"A", {}}) == "Object");
  CHECK(php_string(php::custom_object{"A", ""}) == "Object");
  CHECK(php_string(php::enum_case{"Suit", "Hearts"}) == "Object");
  CHECK(php_string(php::recursion{}) == "*RECURSION*");
}

TEST_CASE("text without controls is not changed") {
  CHECK(escape_controls("plain \\ text") == "plain \\ text");
  CHECK(escape_controls("h\u00E9 \u4E2D \U0001F600") == "h\u00E9 \u4E2D \U0001F600");
  CHECK(escape_controls("").empty());
}

TEST_CASE("C0 controls and DEL are escaped") {
  CHECK(escape_controls("a\nb\rc\td\033[31m\a\x7F") == "a\\nb\\rc\\td\\e[31m\\x07\\x7F");
  CHECK(escape_controls("\0"sv) == "\\x00");
}

TEST_CASE("C1 controls are escaped by their code point") {
  CHECK(escape_controls("\u009B31m") == "\\u{9B}31m");
  CHECK(escape_controls("\u0080\u009F\u00A0") == "\\u{80}\\u{9F}\u00A0");
}

TEST_CASE("controls that change the direction of text are escaped") {
  CHECK(escape_controls("\u202Ephp.txt") == "\\u{202E}php.txt");
  CHECK(escape_controls("\u202A\u2066\u2069") == "\\u{202A}\\u{2066}\\u{2069}");
}

TEST_CASE("bytes that are not UTF-8 are escaped one by one") {
  CHECK(escape_controls("a\xFFz") == "a\\xFFz");
  CHECK(escape_controls("\x9B") == "\\x9B");
  CHECK(escape_controls("\xC3") == "\\xC3");
  CHECK(escape_controls("\xE4\xB8z") == "\\xE4\\xB8z");
  CHECK(escape_controls("\xC0\xAF") == "\\xC0\\xAF");
}

TEST_CASE("well-formed UTF-8 is told from what is not") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("\x7F\u0080\u07FF\u0800\uFFFF\U00010000\U0010FFFF"));
  CHECK_FALSE(is_utf8("\x80"));
  CHECK_FALSE(is_utf8("\xC3"));
  CHECK_FALSE(is_utf8("\xC3("));
  CHECK_FALSE(is_utf8("\xC1\xBF"));
  CHECK_FALSE(is_utf8("\xE0\x9F\xBF"));
  CHECK_FALSE(is_utf8("\xF0\x8F\xBF\xBF"));
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));
  CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));
  CHECK_FALSE(is_utf8("\xF8\x88\x80\x80\x80"));
}

TEST_CASE("a character of one column counts one") {
  CHECK(display_width("") == 0);
  CHECK(display_width("opcache") == 7);
  CHECK(display_width("h\u00E9\u2603") == 3);
}

TEST_CASE("wide characters count two") {
  CHECK(display_width("\u4E2D\u6587") == 4);
  CHECK(display_width("\uFF21\uAC00\u3042") == 6);
  CHECK(display_width("\U0001F600\U00020000") == 4);
}

TEST_CASE("characters that join the one before count nothing") {
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("\u2603\uFE0F\u200D") == 1);
  CHECK(display_width("\u1100\u1161") == 2);
}

TEST_CASE("text that is not UTF-8 counts one a byte") {
  CHECK(display_width("\u4E2D\xFF") == 4);
}

TEST_CASE("controls that are to be kept are not escaped") {
  CHECK(escape_controls("a\nb\t\x1B", "\n\t") == "a\nb\t\\e");
}
