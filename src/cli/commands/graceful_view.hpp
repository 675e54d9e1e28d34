#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>

#include "releases/graceful.hpp"
#include "report/json.hpp"
#include "report/record.hpp"

/// What opcache:reset --graceful shows.
namespace cachetool::cli {

/// "1 link followed, 812 scripts compiled, 3 refreshed, 1 forgotten, 8 workers; 3.2 MiB wasted"
std::string graceful_text(releases::graceful_report const& report);

/// Its CSV fields.
std::array<report::field, 8> fields(releases::graceful_report const& report);
void write_json(report::json_writer& json, releases::graceful_report const& report);

/// Why single links could not be followed.
std::vector<std::string> failed_links(releases::graceful_report const& report);

/// One line for each thing that the user should know; the reason for a reset comes first.
std::vector<std::string> remarks(releases::graceful_report const& report);

/// Says that old code is still served, or that a file in use does not compile.
std::optional<error> failure(releases::graceful_report const& report);

}  // namespace cachetool::cli
