#include "advice/room.hpp"

#include "support/catch.hpp"

using namespace cachetool::advice;

TEST_CASE("a share is rounded down, so that 100 % are all") {
  CHECK(percent(share(1, 3)) == "33 %");
  CHECK(percent(share(999, 1000)) == "99 %");
  CHECK(percent(share(1, 1)) == "100 %");
  CHECK(percent(share(3, 1000)) == "0.3 %");
  CHECK(percent(share(0, 1000)) == "0 %");
}

TEST_CASE("a share of nothing, or of figures that make no sense, is between 0 and 100") {
  CHECK(share(1, 0) == 0);
  CHECK(share(-5, 10) == 0);
  CHECK(share(20, 10) == 100);
  CHECK(share(5, -10) == 0);
}
