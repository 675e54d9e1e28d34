#pragma once

#include <string>
#include <vector>

#include "fpm/master.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

/// What the fpm commands show: a row, or an object, for each pool.
namespace cachetool::cli {

/// Where the pool listens; empty if unknown.
std::string endpoint_text(fpm::pool const& one);

/// With its sites, a pool has one more column.
report::table fpm_table(bool with_sites);
void add_row(report::table& rows, fpm::master const& owner, fpm::pool const& one, bool with_sites);

std::vector<std::string> fpm_columns();
std::vector<std::string> csv_fields(fpm::master const& owner, fpm::pool const& one);
void write_json(report::json_writer& json, fpm::master const& owner, fpm::pool const& one);

}  // namespace cachetool::cli
