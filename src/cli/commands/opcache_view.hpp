#pragma once

#include <array>
#include <string>
#include <vector>

#include <cachetool/opcache.hpp>

#include "report/record.hpp"
#include "report/table.hpp"

/// What OPcache's commands show: CacheTool's tables, and JSON objects with PHP's own names. Their keys are always
/// there.
namespace cachetool::cli {

report::table status_table(opcache::status const& status);
std::array<report::field, 25> fields(opcache::status const& status);

/// Writes the fields, and the members that are objects in PHP.
void write_json(report::json_writer& json, opcache::status const& status);

std::vector<std::string> configuration_columns();
std::vector<std::vector<std::string>> csv_rows(opcache::configuration const& configuration);
report::table configuration_table(opcache::configuration const& configuration);
void write_json(report::json_writer& json, opcache::configuration const& configuration);

report::table scripts_table();
void add_row(report::table& rows, opcache::script const& script);
std::array<report::field, 5> fields(opcache::script const& script);

}  // namespace cachetool::cli
