#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "doctor/walk.hpp"
#include "report/json.hpp"
#include "report/record.hpp"
#include "report/table.hpp"

/// Shows what the doctor found.
namespace cachetool::cli {

/// A sentence that is too long for a table of `width` columns goes on in the next row.
report::table doctor_table(doctor::report const& report, std::size_t width);

/// Its column of levels in their colours.
report::style doctor_style(std::size_t column, std::string_view text);

/// For a terminal that is too narrow for the table: "warning: keys: ...", in lines of `width` columns.
std::vector<std::string> doctor_lines(doctor::report const& report, std::size_t width);

/// Everything in one line: "nothing is wrong", "1 failure and 2 warnings: opcache_reset, keys, room".
std::string verdict_line(doctor::report const& report);

/// Leaves only warnings and failures.
void keep_problems(doctor::report& report);

/// Says what to do about each finding, in order: "memory: set ...". Leaves out the error that ended the walk.
std::vector<std::string> hints(doctor::report const& report, advice::level least = advice::level::ok);

std::array<report::field, 5> fields(advice::finding const& what);
void write_json(report::json_writer& json, doctor::report const& report);

}  // namespace cachetool::cli
