#pragma once

#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>

#include "releases/graceful.hpp"
#include "report/json.hpp"

/// What deploy:finish shows if no link is named: what became of each that was switched.
namespace cachetool::cli {

/// "nothing to do: no link was switched; 8 workers asked", or that OPcache was reset, and why.
std::string no_links_text(releases::graceful_report const& report);

/// The CSV columns, and a row for each link. A reset without a link has one row.
std::vector<std::string> link_columns();
std::vector<std::vector<std::string>> link_rows(releases::graceful_report const& report);
void write_links(report::json_writer& json, releases::graceful_report const& report);

/// What the user should know of each link, and the first that failed.
std::vector<std::string> link_remarks(releases::graceful_report const& report);
std::optional<error> link_failure(releases::graceful_report const& report);

}  // namespace cachetool::cli
