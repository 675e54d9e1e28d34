#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "report/record.hpp"

/// What a reset shows.
namespace cachetool::cli {

/// "OPcache reset, confirmed in 1.4 ms"
std::string reset_text(opcache::reset_report const& report);
void write_json(report::json_writer& json, opcache::reset_report const& report);
std::array<report::field, 4> fields(opcache::reset_report const& report);

/// Lines to show besides: what a reset leaves behind, what it may do, and what keeps it waiting.
std::vector<std::string> remarks(opcache::reset_report const& report);

/// Why a reset is not done although the user wanted to wait for it.
std::optional<error> not_confirmed(opcache::reset_report const& report, std::chrono::milliseconds patience);

}  // namespace cachetool::cli
