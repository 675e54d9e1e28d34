#include "cli/commands/opcache_report_sections.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

using report::html;
using html_rows = std::vector<std::vector<html>>;

using cached = report::cached_file;

// The first so many by an order.
template <typename Order>
std::vector<cached const*> first_by(std::vector<cached const*> all, Order const& is_before) {
  constexpr std::ptrdiff_t shown = 15;
  auto const middle = all.begin() + std::min(shown, std::ssize(all));
  std::partial_sort(all.begin(), middle, all.end(), is_before);
  all.erase(middle, all.end());
  return all;
}

html script_table(std::string const& caption, std::vector<cached const*> const& scripts) {
  constexpr std::array columns{report::html_column{"Script", "path"}, report::html_column{"Memory", "number"},
                               report::html_column{"Hits", "number"}, report::html_column{"Last used", "number"}};
  html_rows rows;
  for (cached const* const each : scripts) {
    rows.push_back({page_text::path(each->path), page_text::memory(each->memory), page_text::number(each->hits),
                    html::text(each->hits == 0 ? "never" : page_text::ago(each->age))});
  }
  return report::html_table(caption, columns, rows);
}

std::int64_t memory_of(std::vector<cached const*> const& scripts) {
  std::int64_t sum = 0;
  for (cached const* const each : scripts) sum += each->memory;
  return sum;
}

std::int64_t memory_of_older(report::look_alikes const& group) {
  std::int64_t sum = 0;
  for (std::size_t i = 1; i < group.members.size(); ++i) sum += group.members[i].memory;
  return sum;
}

html release_table(report::look_alikes const& group) {
  constexpr std::array columns{report::html_column{"Directory"}, report::html_column{"Scripts", "number"},
                               report::html_column{"Memory", "number"}, report::html_column{"Last used", "number"}};
  html_rows rows;
  for (auto const& each : group.members) {
    rows.push_back({page_text::path(each.name), page_text::number(each.scripts), page_text::memory(each.memory),
                    html::text(page_text::ago(each.age))});
  }
  return report::html_table("In " + group.directory + ": all but the last used take " +
                                report::bytes(static_cast<double>(memory_of_older(group))),
                            columns, rows);
}

}  // namespace

report::html script_lists(std::vector<cached> const& scripts) {
  std::vector<cached const*> all;
  std::vector<cached const*> unused;
  for (cached const& each : scripts) {
    all.push_back(&each);
    if (each.hits == 0) unused.push_back(&each);
  }
  auto const by_memory = [](cached const* a, cached const* b) { return a->memory > b->memory; };
  auto const by_hits = [](cached const* a, cached const* b) { return a->hits > b->hits; };
  std::string const never = "Never used again since they were cached: " + base::counted(std::ssize(unused), "script") +
                            ", " + report::bytes(static_cast<double>(memory_of(unused))) + ". The largest:";
  return script_table("The largest", first_by(all, by_memory)) + script_table("Used most", first_by(all, by_hits)) +
         script_table(never, first_by(std::move(unused), by_memory));
}

report::html release_tables(std::vector<cached> const& scripts) {
  html tables;
  for (auto const& each : report::find_look_alikes(scripts)) tables += release_table(each);
  if (tables.empty()) return {};
  return page_text::paragraph(
             "meaning",
             html::markup("These directories lie side by side and hold much the same scripts. Most likely they are "
                          "releases of one site, and all but one are old. <code>cachetool opcache:prune "
                          "--keep=CURRENT</code> forgets the old ones; the memory is free after a reset.")) +
         tables;
}

}  // namespace cachetool::cli
