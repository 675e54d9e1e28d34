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

/// A sentence that is too long for a table of `width` columns (at least 80) goes on in the next row.
report::table doctor_table(doctor::report const& report, std::size_t width);

/// Says what to do about each finding, in order: "memory: set ...". Leaves out the error that ended the walk.
std::vector<std::string> hints(doctor::report const& report, advice::level least = advice::level::ok);

std::array<report::field, 5> fields(advice::finding const& what);
void write_json(report::json_writer& json, doctor::report const& report);

}  // namespace cachetool::cli
