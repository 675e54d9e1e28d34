#include "cli/commands/apcu_commands.hpp"

#include "caches/apcu.hpp"
#include "cli/commands/apcu_view.hpp"
#include "cli/targets/targets.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {

exit_code apcu_cache_clear(context& with) {
  auto columns = report::led_by("pool", report::names(fields(apcu::clear_report())));
  return for_each_master(with, std::move(columns), [](adapter::adapter& php, console&) {
    return [report = apcu::clear(php)](target_output& out, std::string const& pool) {
      origin const from = as_of_pool(report.from, pool);
      auto const record = fields(report);
      out.show(from, {[&](report::json_writer& json) { report::write_object(json, record); },
                      [&] { return target_output::csv_table{report::led_by(from.pool, report::texts(record))}; },
                      [&] { out.line(from, clear_text(report)); }});
    };
  });
}

exit_code apcu_cache_info(context& with) {
  return for_each_target(with, report::names(fields(apcu::info())), [](adapter::adapter& php, target_output& out) {
    apcu::info const info = apcu::read_info(php);
    out.show(info.from, fields(info), [&] {
      out.heading(info.from);
      out.table(info_table(info));
    });
  });
}

exit_code apcu_cache_info_keys(context& with) {
  return for_each_target(with, report::names(fields(apcu::key())), [](adapter::adapter& php, target_output& out) {
    report::table table = keys_table();
    kept_keys kept;
    show_rows<apcu::key>(
        out, "cache_list", fields, [&php](auto const& each) { return apcu::read_keys(php, each); },
        [&](apcu::key const& key) {
          kept.count(key.name);
          add_row(table, key);
        },
        [&](origin const& from) {
          out.heading(from);
          out.table(table);
        });
  });
}

exit_code apcu_sma_info(context& with) {
  return for_each_target(with, report::names(fields(apcu::memory())), [](adapter::adapter& php, target_output& out) {
    apcu::memory const memory = apcu::read_memory(php);
    out.show(memory.from, fields(memory), [&] {
      out.heading(memory.from);
      console& text = out.streams();
      text.message({"Segments: ", std::to_string(memory.segments)});
      text.message({"Segment size: ", report::bytes(static_cast<double>(memory.segment_size))});
      text.message({"Available memory: ", report::bytes(static_cast<double>(memory.available))});
    });
  });
}

}  // namespace cachetool::cli
