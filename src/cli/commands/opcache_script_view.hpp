#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>

#include "caches/opcache.hpp"
#include "cli/commands/outcome_view.hpp"
#include "report/record.hpp"
#include "report/table.hpp"

/// What the commands on OPcache's scripts and files show: CacheTool's tables, JSON and CSV, and what went wrong.
namespace cachetool::cli {

/// A row for each file; with `summary` one row for all, like CacheTool's --batch.
report::table compile_table(opcache::compile_report const& report, bool summary);

/// The report must outlive the result.
outcome_view scripts_of(opcache::compile_report const& report);

void write_json(report::json_writer& json, opcache::compile_report const& report);

/// One line for each thing that the user should know about a compilation.
std::vector<std::string> remarks(opcache::compile_report const& report);

/// Why a compilation has failed: a file did, or nothing was cached. Nothing if it succeeded.
std::optional<error> failure(opcache::compile_report const& report);

report::table invalidate_table(opcache::invalidate_report const& report, bool dry_run);
std::array<report::field, 3> fields(opcache::invalidated_script const& script);
void write_json(report::json_writer& json, opcache::invalidate_report const& report, bool dry_run);
std::vector<std::string> remarks(opcache::invalidate_report const& report, bool dry_run);

std::array<report::field, 3> fields(opcache::file_cache_report const& report);
void write_json(report::json_writer& json, opcache::file_cache_report const& report);

/// "/srv/fc/…/x.php.bin: Permission denied (it belongs to user 1001)"
std::vector<std::string> remarks(opcache::file_cache_report const& report);

/// Nothing if all files are gone.
std::optional<error> failure(opcache::file_cache_report const& report);

}  // namespace cachetool::cli
