#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands/outcome_view.hpp"
#include "releases/prune.hpp"
#include "report/json.hpp"

/// What opcache:prune shows, and what went wrong.
namespace cachetool::cli {

/// The report must outlive the result.
outcome_view scripts_of(releases::prune_report const& report);

/// "312 scripts forgotten (300 of 2 dead releases, 12 of files that are gone), 14.2 MiB wasted now; a reset is ..."
std::string prune_text(releases::prune_report const& report, bool dry_run);

void write_json(report::json_writer& json, releases::prune_report const& report, bool dry_run);

/// One line for each thing that the user should know.
std::vector<std::string> remarks(releases::prune_report const& report);

/// Why it has failed: a script did. Nothing if it succeeded.
std::optional<error> failure(releases::prune_report const& report);

}  // namespace cachetool::cli
