#pragma once

#include <string>
#include <vector>

#include <cachetool/opcache.hpp>

#include "report/json.hpp"
#include "report/table.hpp"

/// What OPcache's commands show: CacheTool's tables, and JSON objects with PHP's own names, whose keys are always
/// there.
namespace cachetool::cli {

report::table status_table(opcache::status const& status);
std::vector<std::string> status_columns();
std::vector<std::string> csv_fields(opcache::status const& status);
void write_json(report::json_writer& json, opcache::status const& status);

std::vector<std::string> configuration_columns();
std::vector<std::vector<std::string>> csv_rows(opcache::configuration const& configuration);
report::table configuration_table(opcache::configuration const& configuration);
void write_json(report::json_writer& json, opcache::configuration const& configuration);

report::table scripts_table();
std::vector<std::string> scripts_columns();
std::vector<std::string> csv_fields(opcache::script const& script);
void add_row(report::table& rows, opcache::script const& script);
void write_json(report::json_writer& json, opcache::script const& script);

}  // namespace cachetool::cli
