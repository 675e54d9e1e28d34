#include "base/file_info.hpp"

#include "support/catch.hpp"

using namespace cachetool::base;

TEST_CASE("a file's time is counted in nanoseconds") {
  CHECK(nanoseconds({2, 5}) == 2'000'000'005);
  CHECK(nanoseconds({-1, 5}) == -999'999'995);
}

TEST_CASE("a time that no number holds is the nearest one that does") {
  CHECK(nanoseconds({INT64_MAX, 0}) == INT64_MAX);
  CHECK(nanoseconds({INT64_MAX / 1'000'000'000, 999'999'999}) == INT64_MAX);
  CHECK(nanoseconds({INT64_MIN, 0}) == INT64_MIN);
}

TEST_CASE("files are the same if device and number are") {
  struct stat one {};
  one.st_dev = 1;
  one.st_ino = 2;
  struct stat other = one;
  CHECK(identity_of(one) == identity_of(other));
  other.st_dev = 3;
  CHECK_FALSE(identity_of(one) == identity_of(other));
}

TEST_CASE("permissions are written as chmod takes them, whatever kind of file has them") {
  CHECK(octal(S_IFSOCK | 0660) == "0660");
  CHECK(octal(S_IFDIR | 01777) == "1777");
  CHECK(octal(0) == "0000");
}

TEST_CASE("what is not there has no look") {
  CHECK(look_at("/").has_value());
  CHECK_FALSE(look_at("/nonexistent").has_value());
}
