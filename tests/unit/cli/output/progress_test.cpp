// What is said of a work that takes long.

#include "cli/output/progress.hpp"
#include "support/catch.hpp"

using namespace cachetool::cli;
using namespace std::chrono_literals;

namespace {

progress_meter::clock::time_point const began{1h};

}  // namespace

TEST_CASE("after two seconds it is said how long about the rest takes") {
  progress_meter const meter(began);
  CHECK(meter.text("compiled", 10, 100, began + 1s) == "compiled 10 of 100");
  CHECK(meter.text("compiled", 10, 100, began + 4s) == "compiled 10 of 100, about 36 s more");
  CHECK(meter.text("compiled", 0, 100, began + 4s) == "compiled 0 of 100");
  CHECK(meter.text("compiled", 100, 100, began + 4s) == "compiled 100 of 100");
}

TEST_CASE("a line is due each ten seconds, and none for what is done") {
  progress_meter meter(began);
  std::vector<std::int64_t> due;
  for (std::int64_t second = 0; second <= 35; ++second) {
    if (meter.is_milestone(1, 2, began + std::chrono::seconds{second})) due.push_back(second);
  }
  CHECK(due == std::vector<std::int64_t>{10, 20, 30});
  CHECK_FALSE(meter.is_milestone(2, 2, began + 60s));
}
