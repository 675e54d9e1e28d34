#include "cli/apcu_commands.hpp"

#include "caches/apcu.hpp"
#include "cli/apcu_view.hpp"
#include "cli/targets.hpp"
#include "report/text.hpp"

namespace cachetool::cli {

exit_code apcu_cache_clear(context& with) {
  return for_each_target(with, clear_columns(), [](adapter::adapter& php, target_output& out) {
    apcu::clear_report const report = apcu::clear(php);
    if (report::json_writer* json = out.json()) {
      out.begin_result(report.from);
      write_json(*json, report);
      out.end_result();
    } else if (out.is_csv()) {
      out.csv_row(csv_fields(report));
    } else {
      out.line(report.from, clear_text(report));
    }
  });
}

exit_code apcu_cache_info(context& with) {
  return for_each_target(with, info_columns(), [](adapter::adapter& php, target_output& out) {
    apcu::info const info = apcu::read_info(php);
    if (report::json_writer* json = out.json()) {
      out.begin_result(info.from);
      write_json(*json, info);
      out.end_result();
    } else if (out.is_csv()) {
      out.csv_row(csv_fields(info));
    } else {
      out.heading(info.from);
      out.table(info_table(info));
    }
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
      origin const from = apcu::read_keys(php, [&table](apcu::key const& key) { add_row(table, key); });
      out.heading(from);
      out.table(table);
    }
  });
}

exit_code apcu_sma_info(context& with) {
  return for_each_target(with, memory_columns(), [&with](adapter::adapter& php, target_output& out) {
    apcu::memory const memory = apcu::read_memory(php);
    if (report::json_writer* json = out.json()) {
      out.begin_result(memory.from);
      write_json(*json, memory);
      out.end_result();
    } else if (out.is_csv()) {
      out.csv_row(csv_fields(memory));
    } else {
      out.heading(memory.from);
      with.out.message({"Segments: ", std::to_string(memory.segments)});
      with.out.message({"Segment size: ", report::bytes(static_cast<double>(memory.segment_size))});
      with.out.message({"Available memory: ", report::bytes(static_cast<double>(memory.available))});
    }
  });
}

}  // namespace cachetool::cli
