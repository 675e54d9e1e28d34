#pragma once

#include <optional>
#include <string>
#include <vector>

#include "caches/warm.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

/// What deploy:warm shows, and what went wrong.
namespace cachetool::cli {

/// "300 scripts compiled, 2 ready, 1 failed"
std::string warm_text(opcache::warm_report const& report);

report::table warm_table(opcache::warm_report const& report);
std::vector<std::string> warm_columns();
std::vector<std::string> csv_fields(opcache::warmed_script const& script);
void write_json(report::json_writer& json, opcache::warm_report const& report);

/// One line for each thing that a user should know about it.
std::vector<std::string> remarks(opcache::warm_report const& report);

/// Why it has failed: a script did, or none was cached. Nothing if it succeeded.
std::optional<error> failure(opcache::warm_report const& report);

}  // namespace cachetool::cli
