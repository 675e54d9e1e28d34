#pragma once

#include <optional>
#include <string>
#include <vector>

#include "caches/opcache_refresh.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

/// What opcache:refresh shows, and what went wrong.
namespace cachetool::cli {

/// "12 scripts refreshed, 1 forgotten, 288 unchanged"
std::string refresh_text(opcache::refresh_report const& report);

report::table refresh_table(opcache::refresh_report const& report);
std::vector<std::string> refresh_columns();
std::vector<std::string> csv_fields(opcache::refreshed_script const& script);
void write_json(report::json_writer& json, opcache::refresh_report const& report);

/// One line for each thing that a user should know about it.
std::vector<std::string> remarks(opcache::refresh_report const& report);

/// Why it has failed: a script did, or none was cached. Nothing if it succeeded.
std::optional<error> failure(opcache::refresh_report const& report);

}  // namespace cachetool::cli
