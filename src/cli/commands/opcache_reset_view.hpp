#pragma once

#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "report/json.hpp"

/// What a reset shows.
namespace cachetool::cli {

/// "OPcache reset, confirmed in 1.4 ms"
std::string reset_text(opcache::reset_report const& report);
void write_json(report::json_writer& json, opcache::reset_report const& report);
std::vector<std::string> reset_columns();
std::vector<std::string> csv_fields(opcache::reset_report const& report, origin const& from);

/// What is to be said beside it: what a reset leaves behind, what it may do, and what keeps it waiting.
std::vector<std::string> remarks(opcache::reset_report const& report);

/// Why a reset that was to be waited for is not done.
std::optional<error> not_confirmed(opcache::reset_report const& report, std::chrono::milliseconds patience);

}  // namespace cachetool::cli
