#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "releases/deployment.hpp"
#include "releases/finish.hpp"
#include "report/json.hpp"
#include "report/record.hpp"

/// What deploy:finish and deploy:switch show.
namespace cachetool::cli {

/// "would lead /srv/site/current to /srv/site/releases/42: 300 scripts compiled, about 2 s where a processor is free
/// ..."
std::string forecast_text(releases::switch_forecast const& forecast, std::string const& current);
void write_json(report::json_writer& json, releases::switch_forecast const& forecast);

/// "/srv/site/releases/42 is served: 8/8 workers of 2 pools cleared, 3 names moved"
std::string finish_text(releases::finish_report const& report);

/// Says what is left of a release that was live before, and when to forget it. `current` is the link to the live
/// release.
std::string leftover_text(releases::release const& old, std::string const& current);

/// Says that a release was not taken for an old one, because another link leads to it.
std::string left_alone_text(std::string const& path);

std::array<report::field, 2> fields(releases::release const& one);

/// The CSV fields of both.
std::array<report::field, 6> fields(releases::finish_report const& report);
std::array<report::field, 6> fields(releases::switch_forecast const& forecast);
void write_json(report::json_writer& json, releases::finish_report const& report);

/// The error for so many scripts that a reload of php-fpm alone replaces; `which`: "of the release before".
error preloaded_is_served(std::int64_t scripts, std::string const& which);

/// Says that files in use do not compile; nothing if they do.
std::optional<error> failure(releases::finish_report const& report);

/// One line for each thing that the user should know.
std::vector<std::string> remarks(releases::finish_report const& report);

}  // namespace cachetool::cli
