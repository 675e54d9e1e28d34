#include "cli/commands/opcache_refresh_commands.hpp"

#include "caches/opcache_refresh.hpp"
#include "cli/commands/opcache_refresh_view.hpp"
#include "cli/output/progress.hpp"
#include "cli/settings/paths.hpp"
#include "cli/settings/read_file.hpp"
#include "cli/targets/targets.hpp"

namespace cachetool::cli {
namespace {

using scope = opcache::refresh_query::scope;

opcache::refresh_query refresh_query(context const& with) {
  auto const list = with.given.text("from-list");
  if (list.has_value() == !with.line.arguments.empty()) {
    throw error(error_kind::usage, "opcache:refresh needs either paths or --from-list=FILE");
  }
  if (list && with.given.given("force")) {
    throw error(error_kind::usage, "--force is for paths: --from-list takes every file that is listed anyway");
  }
  opcache::refresh_query query;
  query.which = list ? scope::listed : with.given.given("force") ? scope::all : scope::changed;
  for (std::string const& path :
       list ? split_list(read_file(*list, with.given.seconds("deadline"))) : with.line.arguments) {
    query.names.push_back(absolute_path(path));
  }
  if (auto const pace = with.given.count("pace")) query.pace = opcache::pacing::of(std::chrono::milliseconds{*pace});
  return query;
}

}  // namespace

exit_code opcache_refresh(context& with) {
  opcache::refresh_query const query = refresh_query(with);
  return for_each_master(with, outcome_view::csv_columns(),
                         [&](adapter::adapter& php, console& streams) -> report_view {
                           return [&, report = opcache::refresh(php, query, progress_on(streams, php, "refreshed"))](
                                      target_output& out, std::string const& pool) {
                             origin const from = as_of_pool(report.from, pool);
                             out.show(from,
                                      {[&](report::json_writer& json) { write_json(json, report); },
                                       [&] { return scripts_of(report).csv_rows(); },
                                       [&] {
                                         if (with.given.flag("verbose") > 0) out.table(scripts_of(report).table());
                                         out.line(from, refresh_text(report));
                                       }},
                                      remarks(report), failure(report));
                           };
                         });
}

}  // namespace cachetool::cli
