#pragma once

#include <array>
#include <string>
#include <vector>

#include "caches/realpath_cache.hpp"
#include "fpm/activity.hpp"
#include "report/record.hpp"
#include "report/table.hpp"

/// What the stat commands show: CacheTool's table, and JSON objects with PHP's own names.
namespace cachetool::cli {

report::table realpath_table(realpath_cache::listing const& listing);
std::array<report::field, 5> fields(realpath_cache::entry const& entry);
std::array<report::field, 2> fields(realpath_cache::size const& size);
std::array<report::field, 2> fields(realpath_cache::clear_report const& report);
std::vector<std::vector<std::string>> csv_rows(realpath_cache::listing const& listing);
void write_json(report::json_writer& json, realpath_cache::listing const& listing);

/// "realpath cache cleared in 4/4 workers"
std::string clear_text(realpath_cache::clear_report const& report);
/// `missing` says what the workers did that were not reached.
void write_json(report::json_writer& json, realpath_cache::clear_report const& report,
                std::vector<fpm::worker_activity> const& missing);

/// "worker 812 is held by a client's open connection, between two requests"
std::string missing_text(fpm::worker_activity const& worker);

}  // namespace cachetool::cli
