#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands/outcome_view.hpp"
#include "releases/warm.hpp"
#include "report/json.hpp"

/// What deploy:warm shows, and what went wrong.
namespace cachetool::cli {

/// The report must outlive the result.
outcome_view scripts_of(releases::warm_report const& report);

/// "300 scripts compiled, 2 ready, 1 failed"
std::string warm_text(releases::warm_report const& report);

void write_json(report::json_writer& json, releases::warm_report const& report);

/// Why it has failed: a script did, or none was cached. Nothing if it succeeded.
std::optional<error> failure(releases::warm_report const& report);

}  // namespace cachetool::cli
