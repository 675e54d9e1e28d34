#include "cli/commands/opcache_report_sections.hpp"

#include <array>

#include "report/charts.hpp"

namespace cachetool::cli {
namespace {

double total_of(opcache::memory_usage const& memory) {
  return static_cast<double>(memory.used) + static_cast<double>(memory.wasted) + static_cast<double>(memory.free);
}

report::curve memory_curve(std::vector<monitor::point> const& history, double total) {
  report::curve out{"used", "memory that is taken", {}};
  for (monitor::point const& each : history) {
    double const taken = static_cast<double>(each.used) + static_cast<double>(each.wasted);
    out.moments.push_back({each.time, taken / total * 100});
  }
  return out;
}

report::curve hit_curve(std::vector<monitor::point> const& history) {
  report::curve out{"wasted", "hit rate", {}};
  for (monitor::point const& each : history) {
    if (each.hit_rate) out.moments.push_back({each.time, *each.hit_rate});
  }
  return out;
}

}  // namespace

report::html history_chart(reported_master const& of) {
  if (!of.status.memory || total_of(*of.status.memory) <= 0) return {};
  std::array const curves{memory_curve(of.history, total_of(*of.status.memory)), hit_curve(of.history)};
  report::html const chart = report::line_chart("Memory and hit rate over time", curves);
  if (chart.empty()) return {};
  return page_text::paragraph("remark",
                              report::html::text("What opcache:check has seen. A steep fall of the memory is a "
                                                 "reset; a hit rate that stays low means that scripts are "
                                                 "compiled again and again.")) +
         chart;
}

}  // namespace cachetool::cli
