#include "cli/commands/opcache_report_sections.hpp"

#include <array>

#include "base/text.hpp"
#include "cli/commands/fpm_view.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

using report::html;
using html_rows = std::vector<std::vector<html>>;

std::string config_value(fpm::pool const& of, std::string const& name) {
  auto const found = of.config.find(name);
  return found == of.config.end() ? "" : found->second.value;
}

html pool_table(fpm::master const& of) {
  constexpr std::array columns{report::html_column{"Pool"}, report::html_column{"Listens at"},
                               report::html_column{"Process manager"}, report::html_column{"Workers", "number"},
                               report::html_column{"At most", "number"}};
  html_rows rows;
  for (fpm::pool const& each : of.pools) {
    rows.push_back({html::text(each.name), report::code(endpoint_text(each)), html::text(config_value(each, "pm")),
                    page_text::number(std::ssize(each.workers)), html::text(config_value(each, "pm.max_children"))});
  }
  return report::html_table("Pools of this php-fpm, which share the cache", columns, rows);
}

// Without the query: it may hold somebody's secret.
html worker_table(fpm::pool_status const& of) {
  constexpr std::array columns{report::html_column{"Worker"}, report::html_column{"State"},
                               report::html_column{"Requests", "number"}, report::html_column{"Takes", "number"},
                               report::html_column{"Request"}};
  html_rows rows;
  for (fpm::worker_status const& each : of.each) {
    auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(each.duration);
    rows.push_back({html::text(std::to_string(each.pid)), html::text(each.state), page_text::number(each.requests),
                    html::text(base::duration_text(took)),
                    report::code(each.method + " " + (each.uri.empty() ? each.script : each.uri))});
  }
  return report::html_table("Workers of the pool " + of.name + ", with the request that each runs or ran last", columns,
                            rows);
}

html pool_tile(fpm::pool_status const& of) {
  html const busy = html::text(report::grouped(of.active) + " of " + report::grouped(of.workers));
  html const all = page_text::entry("Workers that are busy, the one that answered among them", busy) +
                   page_text::entry("Busy workers, most at a time", page_text::number(of.most_active)) +
                   page_text::entry("Times that pm.max_children was reached", page_text::number(of.limit_reached)) +
                   page_text::entry("Connections that wait for a worker", page_text::number(of.queue)) +
                   page_text::entry("Connections accepted since php-fpm started", page_text::number(of.accepted));
  return page_text::tile("The pool " + of.name, page_text::entries(all));
}

}  // namespace

report::html pool_tables(reported_master const& of) {
  html out;
  if (of.host) out += pool_table(of.host->master);
  if (of.workers) out += pool_tile(*of.workers) + worker_table(*of.workers);
  if (!of.workers && !of.workers_unknown.empty()) {
    out += page_text::paragraph("remark", html::text("What the workers do is not known: " + of.workers_unknown + "."));
  }
  return out;
}

}  // namespace cachetool::cli
