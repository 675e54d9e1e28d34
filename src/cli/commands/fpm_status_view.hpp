#pragma once

#include <array>

#include "caches/pool_status.hpp"
#include "report/record.hpp"
#include "report/table.hpp"

/// How fpm:status and fpm:workers show their result.
namespace cachetool::cli {

report::table pool_status_table(fpm::pool_status const& status);

std::array<report::field, 14> fields(fpm::pool_status const& status);

/// A table without rows, and a worker's row in it.
report::table workers_table();
void add_row(report::table& rows, fpm::worker_status const& worker);

std::array<report::field, 13> fields(fpm::worker_status const& worker);

}  // namespace cachetool::cli
