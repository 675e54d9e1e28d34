#include "report/charts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "report/value_text.hpp"

namespace cachetool::report {
namespace {

constexpr double chart_width = 1000;
constexpr double chart_height = 200;

double amount_of(bar_part const& part) {
  return part.amount > 0 ? part.amount : 0;
}

// With one decimal place, which is finer than anybody sees.
std::string coordinate(double value) {
  std::array<char, 32> digits{};
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 1);
  return {digits.data(), end.ptr};
}

html attribute(std::string_view name, std::string_view value) {
  return html::markup(" " + std::string(name) + "=\"") + html::text(value) + html::markup("\"");
}

html picture(std::string_view kind, std::string_view box, std::string_view description, html const& contents) {
  return html::markup("<svg") + attribute("class", kind) + attribute("viewBox", box) +
         html::markup(" preserveAspectRatio=\"none\" role=\"img\"") + attribute("aria-label", description) +
         html::markup(">") + contents + html::markup("</svg>\n");
}

html rectangle(std::string_view kind, double x, double width) {
  return html::markup("<rect") + attribute("class", kind) + attribute("x", coordinate(x)) +
         attribute("width", coordinate(width)) + html::markup(" y=\"0\" height=\"10\"/>");
}

std::string described(std::string_view title, std::span<bar_part const> parts, double whole) {
  std::string out(title);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out += (i == 0 ? ": " : ", ") + std::string(parts[i].name) + " " + parts[i].text + " (" +
           percent_text(amount_of(parts[i]), whole) + ")";
  }
  return out;
}

html legend_entry(std::string_view kind, std::string_view name, std::string_view text) {
  return html::markup("<li") + attribute("class", kind) + html::markup("><span>") + html::text(name) +
         html::markup("</span> <b>") + html::text(text) + html::markup("</b></li>\n");
}

html legend(html const& entries) {
  return html::markup("<ul class=\"legend\">\n") + entries + html::markup("</ul>\n");
}

struct period {
  std::int64_t from = INT64_MAX;
  std::int64_t to = INT64_MIN;
};

period whole_time(std::span<curve const> curves) {
  period out;
  for (curve const& each : curves) {
    for (moment const& at : each.moments) out = {std::min(out.from, at.time), std::max(out.to, at.time)};
  }
  return out;
}

html line_of(curve const& what, period const& time) {
  double const length = static_cast<double>(time.to) - static_cast<double>(time.from);
  std::string points;
  for (moment const& at : what.moments) {
    double const x = (static_cast<double>(at.time) - static_cast<double>(time.from)) / length * chart_width;
    double const y = chart_height - std::clamp(at.percent, 0.0, 100.0) / 100 * chart_height;
    points += (points.empty() ? "" : " ") + coordinate(x) + "," + coordinate(y);
  }
  return html::markup("<polyline") + attribute("class", what.kind) + attribute("points", points) + html::markup("/>");
}

html grid() {
  html out;
  for (int const quarter : {0, 1, 2, 3, 4}) {
    std::string const y = coordinate(chart_height * quarter / 4);
    out += html::markup("<line class=\"grid\" x1=\"0\" x2=\"1000\"") + attribute("y1", y) + attribute("y2", y) +
           html::markup("/>");
  }
  return out;
}

std::string from_to(curve const& what) {
  return percent_text(what.moments.front().percent, 100) + ", then " + percent_text(what.moments.back().percent, 100);
}

}  // namespace

std::string percent_text(double part, double whole) {
  if (!(whole > 0) || !(part > 0)) return "0 %";
  double const exact = part / whole * 100;
  if (exact >= 100) return "100 %";
  if (exact < 0.1) return "under 0.1 %";
  double const shown = exact > 99 || exact < 10 ? std::floor(exact * 10) / 10 : std::round(exact);
  std::string text = coordinate(shown);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text + " %";
}

html bar_chart(std::string_view title, std::span<bar_part const> parts) {
  double whole = 0;
  for (bar_part const& each : parts) whole += amount_of(each);
  html boxes;
  html entries;
  double x = 0;
  for (bar_part const& each : parts) {
    double const width = whole > 0 ? amount_of(each) / whole * chart_width : 0;
    boxes += rectangle(each.kind, x, width);
    entries += legend_entry(each.kind, each.name, each.text);
    x += width;
  }
  return picture("bar", "0 0 1000 10", described(title, parts, whole), boxes) + legend(entries);
}

html line_chart(std::string_view title, std::span<curve const> curves) {
  period const time = whole_time(curves);
  if (time.from >= time.to) return {};
  html lines = grid();
  html entries;
  std::string description(title);
  for (curve const& each : curves) {
    if (each.moments.empty()) continue;
    lines += line_of(each, time);
    entries += legend_entry(each.kind, each.name, percent_text(each.moments.back().percent, 100));
    description += "; " + std::string(each.name) + ": " + from_to(each);
  }
  html const times = html::markup("<p class=\"times\"><span>") + html::text(date(time.from)) +
                     html::markup("</span><span>") + html::text(date(time.to)) + html::markup("</span></p>\n");
  html const chart = picture("lines", "0 0 1000 200", description, lines);
  return html::markup("<div class=\"over-time\"><p class=\"scale\"><span>100 %</span><span>0 %</span></p>") + chart +
         html::markup("</div>\n") + times + legend(entries);
}

}  // namespace cachetool::report
