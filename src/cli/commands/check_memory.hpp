#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/targets/context.hpp"
#include "monitor/record.hpp"

/// Where opcache:check and fpm:check keep what they remember.
namespace cachetool::cli {

/// --state-dir, or where a user's programs keep such files; empty if nobody knows.
std::string state_directory_of(context const& with);

/// The file's name there.
std::string state_file_name(std::string_view service, std::string const& endpoint);

/// What opcache:check has seen of a php-fpm until now; empty if it has not, or if that cannot be read.
std::vector<monitor::point> seen_by_checks(context const& with, std::string const& endpoint);

}  // namespace cachetool::cli
