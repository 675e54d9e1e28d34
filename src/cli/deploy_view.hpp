#pragma once

#include <optional>
#include <string>
#include <vector>

#include "caches/release.hpp"
#include "report/json.hpp"

/// What deploy:finish and deploy:switch show.
namespace cachetool::cli {

/// "/srv/site/releases/42 is served: 8/8 workers of 2 pools cleared, 3 names moved"
std::string finish_text(deploy::finish_report const& report);

/// What is left of a release that was live before, and when to forget it. CURRENT leads to the live one.
std::string leftover_text(deploy::release const& old, std::string const& current);

/// Of a release that another link leads to: that it was not taken for an old one.
std::string left_alone_text(std::string const& path);

std::vector<std::string> finish_columns();
std::vector<std::string> csv_fields(deploy::finish_report const& report);
void write_json(report::json_writer& json, deploy::finish_report const& report);

/// That files which are in use do not compile, if any do not.
std::optional<error> failure(deploy::finish_report const& report);

/// One line for each thing that a user should know.
std::vector<std::string> remarks(deploy::finish_report const& report);

}  // namespace cachetool::cli
