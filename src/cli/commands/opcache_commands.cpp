#include "cli/commands/opcache_commands.hpp"

#include "advice/checks.hpp"
#include "base/text.hpp"
#include "caches/opcache.hpp"
#include "caches/rows.hpp"
#include "cli/commands/level_style.hpp"
#include "cli/commands/opcache_view.hpp"
#include "cli/targets/targets.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

opcache::script_query script_query(context const& with) {
  using order = opcache::script_query::order;
  opcache::script_query query;
  query.exclude = with.given.text("exclude").value_or("");
  query.limit = with.given.count("limit");
  std::string const sort = with.given.text("sort").value_or("");
  query.sort = sort == "hits"        ? order::by_hits
               : sort == "memory"    ? order::by_memory
               : sort == "path"      ? order::by_path
               : sort == "last-used" ? order::by_last_use
                                     : order::as_cached;
  return query;
}

std::string product_line(opcache::configuration const& configuration, bool colour) {
  std::string const product = report::escape_controls(configuration.product);
  std::string const version = report::escape_controls(configuration.version);
  return report::styled(product, report::style::good, colour) + " " +
         report::styled(version, report::style::attention, colour) + "\n";
}

// What its figures mean, for somebody who looks at them. Programs have opcache:check.
void judge(opcache::status const& status, std::string const& options, target_output& out) {
  if (!out.streams().talks_to_terminal()) return;
  out.streams().flush();  // it comes below the table
  advice::subject of;
  of.options = options;
  of.php.has_opcache = true;
  of.php.status = status;
  for (advice::finding const& each : advice::judge(of)) {
    if (each.step != "cache" || each.what.how == advice::level::ok) continue;
    std::string const hint = each.what.hint.empty() ? "" : "; " + each.what.hint;
    out.streams().judgement(std::string(name(each.what.how)) + ": ", style_of(each.what.how), each.what.message + hint);
  }
}

}  // namespace

exit_code opcache_status(context& with) {
  auto columns = report::names(fields(opcache::status()));
  bool const is_fastcgi = choose_adapter(with.given, with.file) == adapter_kind::fastcgi;
  return for_each_target(with, std::move(columns), [is_fastcgi](adapter::adapter& php, target_output& out) {
    opcache::status const status = opcache::read_status(php);
    std::string const options = is_fastcgi ? " --fcgi=" + base::shell_word(php.label()) : "";
    out.show(status.from, {[&](report::json_writer& json) { write_json(json, status); },
                           [&] { return target_output::csv_table{report::texts(fields(status))}; },
                           [&] {
                             out.heading(status.from);
                             out.table(status_table(status));
                             judge(status, options, out);
                           }});
  });
}

exit_code opcache_configuration(context& with) {
  return for_each_target(with, configuration_columns(), [](adapter::adapter& php, target_output& out) {
    opcache::configuration const configuration = opcache::read_configuration(php);
    out.show(configuration.from, {[&](report::json_writer& json) { write_json(json, configuration); },
                                  [&] { return csv_rows(configuration); },
                                  [&] {
                                    out.heading(configuration.from);
                                    out.streams().write(product_line(configuration, out.streams().colour()));
                                    out.table(configuration_table(configuration));
                                  }});
  });
}

exit_code opcache_status_scripts(context& with) {
  opcache::script_query const query = script_query(with);
  auto columns = report::names(fields(opcache::script()));
  return for_each_target(with, std::move(columns), [&query](adapter::adapter& php, target_output& out) {
    report::table table = scripts_table();
    caches::row_counter kept;
    show_rows<opcache::script>(
        out, "scripts", fields, [&](auto const& each) { return opcache::read_scripts(php, query, each).from; },
        [&](opcache::script const& script) {
          kept.count(script.path);
          add_row(table, script);
        },
        [&](origin const& from) {
          out.heading(from);
          out.table(table);
        });
  });
}

}  // namespace cachetool::cli
