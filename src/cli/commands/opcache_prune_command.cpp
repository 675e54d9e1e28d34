#include "cli/commands/opcache_prune_command.hpp"

#include "cli/commands/opcache_prune_view.hpp"
#include "cli/output/progress.hpp"
#include "cli/settings/paths.hpp"
#include "cli/targets/targets.hpp"
#include "releases/prune.hpp"

namespace cachetool::cli {
namespace {

releases::prune_query prune_query(context const& with) {
  releases::prune_query query;
  query.dry_run = with.given.given("dry-run");
  for (auto const& keep : with.given.all("keep")) query.keep.push_back(absolute_name(keep.value_or("")));
  for (std::string const& keep : query.keep) {
    if (keep != "/") continue;
    throw error(error_kind::usage, "--keep=/ is no release: nothing lies beside it")
        .advise("name the live release, or the link that leads to it: --keep=/srv/site/current");
  }
  return query;
}

void show(target_output& out, releases::prune_report const& report, origin const& from, bool dry_run, bool with_table) {
  out.show(from,
           {[&](report::json_writer& json) { write_json(json, report, dry_run); },
            [&] { return scripts_of(report).csv_rows(); },
            [&] {
              if (with_table) out.table(scripts_of(report).table());
              out.line(from, prune_text(report, dry_run));
            }},
           remarks(report), failure(report));
}

}  // namespace

exit_code opcache_prune(context& with) {
  releases::prune_query const query = prune_query(with);
  bool const with_table = with.given.flag("verbose") > 0;
  return for_each_master(with, outcome_view::csv_columns(), [&](adapter::adapter& php, console& streams) {
    auto const tell = progress_on(streams, php, "forgotten");
    return
        [&query, with_table, report = releases::prune(php, query, tell)](target_output& out, std::string const& pool) {
          show(out, report, as_of_pool(report.from, pool), query.dry_run, with_table);
        };
  });
}

}  // namespace cachetool::cli
