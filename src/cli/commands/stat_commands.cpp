#include "cli/commands/stat_commands.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "caches/realpath_cache.hpp"
#include "cli/commands/stat_view.hpp"
#include "cli/targets/targets.hpp"
#include "fpm/activity.hpp"
#include "report/text.hpp"

namespace cachetool::cli {
namespace {

using activities = std::vector<fpm::worker_activity>;

void show(target_output& out, realpath_cache::clear_report const& report, activities const& missing) {
  if (report::json_writer* json = out.json()) {
    missing.empty() ? out.begin_result(report.from) : out.begin_partial_result(report.from);
    write_json(*json, report, missing);
    if (missing.empty()) out.end_result();
  } else if (out.is_csv()) {
    out.csv_row(csv_fields(report));
  } else {
    out.line(report.from, clear_text(report));
  }
  out.streams().flush();  // what the warnings are about stands above them
  for (fpm::worker_activity const& each : missing) out.warning(missing_text(each));
}

activities activities_of(std::vector<std::int64_t> const& workers) {
  return fpm::activities({workers.begin(), workers.end()});
}

error not_reached(activities const& missing, std::chrono::milliseconds patience) {
  std::string const who = missing.size() == 1 ? "1 worker" : std::to_string(missing.size()) + " workers";
  bool const all_held = std::all_of(missing.begin(), missing.end(),
                                    [](fpm::worker_activity const& each) { return each.what == fpm::doing::held; });
  return error(error_kind::timeout,
               who + " did not answer within " + base::duration_text(patience) + ", and may use old paths yet")
      .advise(all_held
                  ? "a web server keeps its connections to them: set fastcgi_keep_conn off in nginx, or keep fewer "
                    "connections than pm.max_children"
                  : "they are busy: try again, with a longer --deadline if their requests take longer");
}

}  // namespace

exit_code stat_clear(context& with) {
  std::chrono::milliseconds const patience = with.given.seconds("deadline").value_or(std::chrono::seconds{30});
  return for_each_target(with, realpath_clear_columns(), [patience](adapter::adapter& php, target_output& out) {
    realpath_cache::clear_report const report = realpath_cache::clear(php, patience);
    activities const missing = activities_of(report.missing);
    show(out, report, missing);
    if (!missing.empty()) throw not_reached(missing, patience).on(php.label());
  });
}

exit_code stat_realpath_get(context& with) {
  return for_each_target(with, realpath_columns(), [](adapter::adapter& php, target_output& out) {
    realpath_cache::listing const listing = realpath_cache::read_entries(php);
    if (report::json_writer* json = out.json()) {
      out.begin_result(listing.from);
      write_json(*json, listing);
      out.end_result();
    } else if (out.is_csv()) {
      for (auto& row : csv_rows(listing)) out.csv_row(std::move(row));
    } else {
      out.heading(listing.from);
      out.table(realpath_table(listing));
    }
  });
}

exit_code stat_realpath_size(context& with) {
  return for_each_target(with, {{"pid", "bytes"}}, [](adapter::adapter& php, target_output& out) {
    realpath_cache::size const size = realpath_cache::read_size(php);
    if (report::json_writer* json = out.json()) {
      out.begin_result(size.from);
      json->begin_object().key("pid").integer(size.from.pid).key("bytes").integer(size.bytes).end_object();
      out.end_result();
    } else if (out.is_csv()) {
      out.csv_row({std::to_string(size.from.pid), std::to_string(size.bytes)});
    } else {
      out.message(size.from, {"Realpath cache size: ", report::bytes(static_cast<double>(size.bytes))});
    }
  });
}

}  // namespace cachetool::cli
