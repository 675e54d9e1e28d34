#include "cli/commands/apcu_commands.hpp"

#include "caches/apcu.hpp"
#include "cli/commands/apcu_view.hpp"
#include "cli/targets/targets.hpp"
#include "report/text.hpp"

namespace cachetool::cli {

exit_code apcu_cache_clear(context& with) {
  return for_each_master(with, clear_columns(), [](adapter::adapter& php, console&) {
    return [report = apcu::clear(php)](target_output& out, std::string const& pool) {
      origin const from = as_of_pool(report.from, pool);
      out.show(from, {[&](report::json_writer& json) { write_json(json, report); },
                      [&] { return target_output::csv_table{csv_fields(report, from)}; },
                      [&] { out.line(from, clear_text(report)); }});
    };
  });
}

exit_code apcu_cache_info(context& with) {
  return for_each_target(with, info_columns(), [](adapter::adapter& php, target_output& out) {
    apcu::info const info = apcu::read_info(php);
    out.show(info.from, {[&](report::json_writer& json) { write_json(json, info); },
                         [&] { return target_output::csv_table{csv_fields(info)}; },
                         [&] {
                           out.heading(info.from);
                           out.table(info_table(info));
                         }});
  });
}

exit_code apcu_cache_info_keys(context& with) {
  return for_each_target(with, keys_columns(), [](adapter::adapter& php, target_output& out) {
    if (report::json_writer* json = out.json()) {
      out.begin_streamed_result();
      json->begin_object().key("cache_list").begin_array();
      origin const from = apcu::read_keys(php, [json](apcu::key const& key) { write_json(*json, key); });
      json->end_array().end_object();
      out.end_streamed_result(from);
    } else if (out.is_csv()) {
      apcu::read_keys(php, [&out](apcu::key const& key) { out.csv_row(csv_fields(key)); });
    } else {
      report::table table = keys_table();
      kept_keys kept;
      origin const from = apcu::read_keys(php, [&](apcu::key const& key) {
        kept.count(key.name);
        add_row(table, key);
      });
      out.heading(from);
      out.table(table);
    }
  });
}

exit_code apcu_sma_info(context& with) {
  return for_each_target(with, memory_columns(), [](adapter::adapter& php, target_output& out) {
    apcu::memory const memory = apcu::read_memory(php);
    out.show(memory.from, {[&](report::json_writer& json) { write_json(json, memory); },
                           [&] { return target_output::csv_table{csv_fields(memory)}; },
                           [&] {
                             out.heading(memory.from);
                             console& text = out.streams();
                             text.message({"Segments: ", std::to_string(memory.segments)});
                             text.message({"Segment size: ", report::bytes(static_cast<double>(memory.segment_size))});
                             text.message({"Available memory: ", report::bytes(static_cast<double>(memory.available))});
                           }});
  });
}

}  // namespace cachetool::cli
