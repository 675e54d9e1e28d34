#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/html.hpp"

/// Pictures of figures, as SVG inside a page. Colours are the page's: a part has a class of its style sheet.
namespace cachetool::report {

struct bar_part {
  std::string_view kind;  ///< a class: "used", "wasted", "free"
  std::string_view name;  ///< what it is called below the bar
  double amount = 0;
  std::string text;  ///< the amount as people read it: "12 MiB"
};

/// A bar whose parts share its width, as text too for those who do not see it. Amounts below 0 count as 0.
html bar_chart(std::string_view title, std::span<bar_part const> parts);

/// A point in time, and per cent at it.
struct moment {
  std::int64_t time = 0;
  double percent = 0;
};

struct curve {
  std::string_view kind;  ///< a class
  std::string_view name;
  std::vector<moment> moments;  ///< from the earliest to the latest
};

/// Curves from 0 to 100 per cent over the time that all of them take. Empty without two moments.
html line_chart(std::string_view title, std::span<curve const> curves);

/// "73 %", "99.9 %": never 100 if anything is missing, never 0 if there is anything.
std::string percent_text(double part, double whole);

}  // namespace cachetool::report
