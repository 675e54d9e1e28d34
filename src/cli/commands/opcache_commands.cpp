#include "cli/commands/opcache_commands.hpp"

#include "caches/opcache.hpp"
#include "caches/rows.hpp"
#include "cli/commands/opcache_view.hpp"
#include "cli/targets/targets.hpp"
#include "report/text.hpp"

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
  return colour ? "\033[32m" + product + "\033[39m \033[33m" + version + "\033[39m\n" : product + " " + version + "\n";
}

}  // namespace

exit_code opcache_status(context& with) {
  return for_each_target(with, status_columns(), [](adapter::adapter& php, target_output& out) {
    opcache::status const status = opcache::read_status(php);
    if (report::json_writer* json = out.json()) {
      out.begin_result(status.from);
      write_json(*json, status);
      out.end_result();
    } else if (out.is_csv()) {
      out.csv_row(csv_fields(status));
    } else {
      out.heading(status.from);
      out.table(status_table(status));
    }
  });
}

exit_code opcache_configuration(context& with) {
  return for_each_target(with, configuration_columns(), [](adapter::adapter& php, target_output& out) {
    opcache::configuration const configuration = opcache::read_configuration(php);
    if (report::json_writer* json = out.json()) {
      out.begin_result(configuration.from);
      write_json(*json, configuration);
      out.end_result();
    } else if (out.is_csv()) {
      for (auto& row : csv_rows(configuration)) out.csv_row(std::move(row));
    } else {
      out.heading(configuration.from);
      out.streams().write(product_line(configuration, out.streams().colour()));
      out.table(configuration_table(configuration));
    }
  });
}

exit_code opcache_status_scripts(context& with) {
  opcache::script_query const query = script_query(with);
  return for_each_target(with, scripts_columns(), [&query](adapter::adapter& php, target_output& out) {
    if (report::json_writer* json = out.json()) {
      out.begin_streamed_result();
      json->begin_object().key("scripts").begin_array();
      opcache::status const status =
          opcache::read_scripts(php, query, [json](opcache::script const& script) { write_json(*json, script); });
      json->end_array().end_object();
      out.end_streamed_result(status.from);
    } else if (out.is_csv()) {
      opcache::read_scripts(php, query, [&out](opcache::script const& script) { out.csv_row(csv_fields(script)); });
    } else {
      report::table table = scripts_table();
      caches::row_counter kept;
      opcache::status const status = opcache::read_scripts(php, query, [&](opcache::script const& script) {
        kept.count(script.path);
        add_row(table, script);
      });
      out.heading(status.from);
      out.table(table);
    }
  });
}

}  // namespace cachetool::cli
