#include "cli/commands/stat_view.hpp"

#include "base/text.hpp"
#include "report/csv.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

std::string_view doing_name(fpm::doing what) {
  return what == fpm::doing::held ? "held" : what == fpm::doing::running ? "running" : "idle";
}

}  // namespace

report::table realpath_table(realpath_cache::listing const& listing) {
  report::table table({"Path entry", "key", "is_dir", "realpath", "expires"});
  for (realpath_cache::entry const& each : listing.entries) {
    table.add_row({each.path, report::php_string(each.key), report::php_string(each.is_directory), each.realpath,
                   report::date(each.expires)});
  }
  return table;
}

std::array<report::field, 5> fields(realpath_cache::entry const& entry) {
  return {{{"path", std::string_view(entry.path)},
           {"key", &entry.key},
           {"is_dir", entry.is_directory},
           {"realpath", std::string_view(entry.realpath)},
           {"expires", entry.expires}}};
}

std::vector<std::vector<std::string>> csv_rows(realpath_cache::listing const& listing) {
  std::vector<std::vector<std::string>> rows;
  for (realpath_cache::entry const& each : listing.entries) rows.push_back(report::texts(fields(each)));
  return rows;
}

void write_json(report::json_writer& json, realpath_cache::listing const& listing) {
  json.begin_object().key("pid").integer(listing.from.pid);
  report::write_objects(json, "entries", listing.entries,
                        [](realpath_cache::entry const& each) { return fields(each); });
  json.end_object();
}

std::array<report::field, 2> fields(realpath_cache::size const& size) {
  return {{{"pid", size.from.pid}, {"bytes", size.bytes}}};
}

std::string clear_text(realpath_cache::clear_report const& report) {
  if (report.workers == 0) return "realpath cache cleared in the one worker that answered";
  return "realpath cache cleared in " + std::to_string(report.cleared) + "/" + base::counted(report.workers, "worker");
}

std::array<report::field, 2> fields(realpath_cache::clear_report const& report) {
  return {{{"cleared", report.cleared}, {"workers", report::unless_zero(report.workers)}}};
}

void write_json(report::json_writer& json, realpath_cache::clear_report const& report,
                std::vector<fpm::worker_activity> const& missing) {
  json.begin_object();
  report::write_members(json, fields(report));
  report::write_objects(json, "missing", missing, [](fpm::worker_activity const& each) {
    auto const doing =
        each.what == fpm::doing::unknown ? report::field_value() : report::field_value(doing_name(each.what));
    return std::array<report::field, 2>{{{"pid", each.pid}, {"doing", doing}}};
  });
  json.end_object();
}

std::string missing_text(fpm::worker_activity const& worker) {
  std::string const who = "worker " + std::to_string(worker.pid);
  switch (worker.what) {
    case fpm::doing::held:
      return who + " is held by a client's open connection, on which no request comes";
    case fpm::doing::running:
      return who + " runs a request";
    case fpm::doing::idle:
      return who + " has just become free";
    case fpm::doing::unknown:
      break;
  }
  return who + " is busy";
}

}  // namespace cachetool::cli
