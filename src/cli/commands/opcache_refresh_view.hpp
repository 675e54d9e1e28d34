#pragma once

#include <optional>
#include <string>
#include <vector>

#include "caches/opcache_refresh.hpp"
#include "cli/commands/outcome_view.hpp"
#include "report/json.hpp"

/// What opcache:refresh shows, and what went wrong.
namespace cachetool::cli {

/// The report must outlive the result.
outcome_view scripts_of(opcache::refresh_report const& report);

/// "12 scripts refreshed, 1 forgotten, 288 unchanged"
std::string refresh_text(opcache::refresh_report const& report);

/// The same of scripts that are part of another report.
outcome_view scripts_of(std::vector<opcache::refreshed_script> const& scripts);

void write_json(report::json_writer& json, opcache::refresh_report const& report);

/// One line for each thing that the user should know.
std::vector<std::string> remarks(opcache::refresh_report const& report);

/// Why it has failed: a script did, or none was cached. Nothing if it succeeded.
std::optional<error> failure(opcache::refresh_report const& report);

}  // namespace cachetool::cli
