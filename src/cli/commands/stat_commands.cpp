#include "cli/commands/stat_commands.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "caches/realpath_cache.hpp"
#include "cli/commands/stat_view.hpp"
#include "cli/targets/targets.hpp"
#include "fpm/activity.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

using activities = std::vector<fpm::worker_activity>;

void show(target_output& out, realpath_cache::clear_report const& report, activities const& missing,
          std::optional<error> const& failure) {
  std::vector<std::string> remarks;
  for (fpm::worker_activity const& each : missing) remarks.push_back(missing_text(each));
  out.show(report.from,
           {[&](report::json_writer& json) { write_json(json, report, missing); },
            [&] { return target_output::csv_table{report::led_by(report.from.pool, report::texts(fields(report)))}; },
            [&] { out.line(report.from, clear_text(report)); }},
           remarks, failure);
}

activities activities_of(std::vector<std::int64_t> const& workers) {
  return fpm::activities({workers.begin(), workers.end()});
}

error not_reached(activities const& missing, std::chrono::milliseconds patience) {
  bool const all_held = std::all_of(missing.begin(), missing.end(),
                                    [](fpm::worker_activity const& each) { return each.what == fpm::doing::held; });
  return error(error_kind::timeout, base::counted(std::ssize(missing), "worker") + " did not answer within " +
                                        base::duration_text(patience) + ", and may still use old paths")
      .advise(all_held
                  ? "a web server keeps its connections to them: set fastcgi_keep_conn off in nginx, or keep fewer "
                    "connections than pm.max_children"
                  : "they are busy: try again, with a longer --deadline if their requests take longer");
}

}  // namespace

exit_code stat_clear(context& with) {
  std::chrono::milliseconds const patience = with.given.seconds("deadline").value_or(std::chrono::seconds{30});
  auto columns = report::led_by("pool", report::names(fields(realpath_cache::clear_report())));
  return for_each_target(with, std::move(columns), [patience](adapter::adapter& php, target_output& out) {
    realpath_cache::clear_report const report = realpath_cache::clear(php, patience);
    activities const missing = activities_of(report.missing);
    std::optional<error> failure;
    if (!missing.empty()) failure = not_reached(missing, patience).on(php.label());
    show(out, report, missing, failure);
  });
}

exit_code stat_realpath_get(context& with) {
  auto columns = report::names(fields(realpath_cache::entry()));
  return for_each_target(with, std::move(columns), [](adapter::adapter& php, target_output& out) {
    realpath_cache::listing const listing = realpath_cache::read_entries(php);
    out.show(listing.from,
             {[&](report::json_writer& json) { write_json(json, listing); }, [&] { return csv_rows(listing); },
              [&] {
                out.heading(listing.from);
                out.table(realpath_table(listing));
              }});
  });
}

exit_code stat_realpath_size(context& with) {
  auto columns = report::names(fields(realpath_cache::size()));
  return for_each_target(with, std::move(columns), [](adapter::adapter& php, target_output& out) {
    realpath_cache::size const size = realpath_cache::read_size(php);
    out.show(size.from, fields(size), [&] {
      out.message(size.from, {"Realpath cache size: ", report::bytes(static_cast<double>(size.bytes))});
    });
  });
}

}  // namespace cachetool::cli
