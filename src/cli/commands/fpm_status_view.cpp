#include "cli/commands/fpm_status_view.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

std::string duration(std::chrono::microseconds time) {
  return base::duration_text(std::chrono::duration_cast<std::chrono::milliseconds>(time));
}

// What it runs, or ran last: "GET /index.php?page=2".
std::string request(fpm::worker_status const& worker) {
  std::string const query = worker.query.empty() ? "" : "?" + worker.query;
  return worker.method + (worker.method.empty() ? "" : " ") + worker.uri + query;
}

}  // namespace

report::table pool_status_table(fpm::pool_status const& status) {
  report::table table({"Name", "Value"});
  table.add_row({"Pool", status.name});
  table.add_row({"Process manager", status.manager});
  table.add_row({"Start time", report::date(status.start_time)});
  table.add_row({"Accepted connections", report::grouped(status.accepted)});
  table.add_row({"Workers that are busy", std::to_string(status.active)});
  table.add_row({"Workers that are idle", std::to_string(status.idle)});
  table.add_row({"Busy workers, most at a time", std::to_string(status.most_active)});
  table.add_row({"Times that pm.max_children was reached", std::to_string(status.limit_reached)});
  table.add_row({"Connections that wait", std::to_string(status.queue)});
  table.add_row({"Connections that waited, most at a time", std::to_string(status.longest_queue)});
  table.add_row({"Connections that may wait", std::to_string(status.queue_size)});
  table.add_row({"Slow requests", std::to_string(status.slow_requests)});
  if (status.memory_peak) {
    table.add_row({"Memory of a request, the most", report::bytes(static_cast<double>(*status.memory_peak))});
  }
  return table;
}

std::array<report::field, 14> fields(fpm::pool_status const& status) {
  return {{{"name", std::string_view(status.name)},
           {"process_manager", std::string_view(status.manager)},
           {"start_time", status.start_time},
           {"accepted_connections", status.accepted},
           {"listen_queue", status.queue},
           {"max_listen_queue", status.longest_queue},
           {"listen_queue_length", status.queue_size},
           {"idle_processes", status.idle},
           {"active_processes", status.active},
           {"total_processes", status.workers},
           {"max_active_processes", status.most_active},
           {"max_children_reached", status.limit_reached},
           {"slow_requests", status.slow_requests},
           {"memory_peak", report::maybe(status.memory_peak)}}};
}

report::table workers_table() {
  return report::table({"PID", "State", "Requests", "Duration", "Memory", "Request", "Script"});
}

void add_row(report::table& rows, fpm::worker_status const& worker) {
  std::string const memory = worker.last_memory ? report::bytes(static_cast<double>(*worker.last_memory)) : "";
  rows.add_row({std::to_string(worker.pid), worker.state, report::grouped(worker.requests), duration(worker.duration),
                memory, request(worker), worker.script});
}

std::array<report::field, 13> fields(fpm::worker_status const& worker) {
  auto const cpu = worker.last_cpu ? report::field_value(*worker.last_cpu) : report::field_value();
  return {{{"pid", worker.pid},
           {"state", std::string_view(worker.state)},
           {"start_time", worker.start_time},
           {"requests", worker.requests},
           {"request_duration", std::int64_t{worker.duration.count()}},
           {"request_method", std::string_view(worker.method)},
           {"request_uri", std::string_view(worker.uri)},
           {"query_string", std::string_view(worker.query)},
           {"request_length", worker.length},
           {"user", report::unless_empty(worker.user)},
           {"script", std::string_view(worker.script)},
           {"last_request_cpu", cpu},
           {"last_request_memory", report::maybe(worker.last_memory)}}};
}

}  // namespace cachetool::cli
