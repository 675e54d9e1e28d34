#include "report/charts.hpp"

#include "support/catch.hpp"

using namespace cachetool::report;

namespace {

bool has(html const& page, std::string_view part) {
  return page.str().find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("per cent are neither all nor nothing before they are") {
  CHECK(percent_text(0, 10) == "0 %");
  CHECK(percent_text(1, 0) == "0 %");
  CHECK(percent_text(1, 1'000'000) == "under 0.1 %");
  CHECK(percent_text(87, 1000) == "8.7 %");
  CHECK(percent_text(1, 3) == "33 %");
  CHECK(percent_text(999'999, 1'000'000) == "99.9 %");
  CHECK(percent_text(10, 10) == "100 %");
  CHECK(percent_text(-1, 10) == "0 %");
}

TEST_CASE("the parts of a bar share its width") {
  bar_part const parts[] = {
      {"used", "scripts", 3, "3 MiB"}, {"wasted", "wasted", 0, "0 b"}, {"free", "free", 1, "1 MiB"}};
  html const bar = bar_chart("Memory", parts);
  CHECK(has(bar, "<rect class=\"used\" x=\"0.0\" width=\"750.0\""));
  CHECK(has(bar, "<rect class=\"wasted\" x=\"750.0\" width=\"0.0\""));
  CHECK(has(bar, "<rect class=\"free\" x=\"750.0\" width=\"250.0\""));
}

TEST_CASE("a bar is told in words, too") {
  bar_part const parts[] = {{"used", "scripts", 3, "3 MiB"}, {"free", "free", 1, "1 MiB"}};
  html const bar = bar_chart("Memory", parts);
  CHECK(has(bar, "role=\"img\" aria-label=\"Memory: scripts 3 MiB (75 %), free 1 MiB (25 %)\""));
  CHECK(has(bar, "<li class=\"free\"><span>free</span> <b>1 MiB</b></li>"));
}

TEST_CASE("a bar of nothing, and of amounts that PHP cannot mean, has no width") {
  bar_part const none[] = {{"used", "used", 0, "0"}};
  CHECK(has(bar_chart("x", none), "width=\"0.0\""));
  bar_part const odd[] = {{"used", "used", -5, "0"}, {"free", "free", 5, "5"}};
  CHECK(has(bar_chart("x", odd), "class=\"used\" x=\"0.0\" width=\"0.0\""));
}

TEST_CASE("curves go from the first moment to the last, and up to 100 per cent") {
  curve const curves[] = {{"used", "Memory", {{1000, 0}, {1500, 50}, {2000, 120}}}};
  html const chart = line_chart("Over time", curves);
  CHECK(has(chart, "points=\"0.0,200.0 500.0,100.0 1000.0,0.0\""));
  CHECK(has(chart, "aria-label=\"Over time; Memory: 0 %, then 100 %\""));
}

TEST_CASE("a moment alone makes no curve") {
  curve const curves[] = {{"used", "Memory", {{1000, 10}}}};
  CHECK(line_chart("Over time", curves).empty());
  CHECK(line_chart("Over time", {}).empty());
}
