#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/opcache.hpp>

#include "advice/finding.hpp"
#include "caches/pool_status.hpp"
#include "fpm/discovery.hpp"
#include "monitor/record.hpp"
#include "report/html.hpp"
#include "report/script_tree.hpp"

/// The page of opcache:report, made of what was read.
namespace cachetool::cli {

/// One php-fpm, and all that the page tells of it.
struct reported_master {
  std::string label;  ///< its address
  opcache::status status;
  opcache::configuration configuration;
  std::string settings_unknown{};            ///< why there is none
  std::vector<report::cached_file> scripts;  ///< sorted by directory
  std::vector<advice::finding> findings;
  std::optional<fpm::listener> host;        ///< nothing if this machine does not tell
  std::optional<fpm::pool_status> workers;  ///< of the pool that answered
  std::string workers_unknown;              ///< why there is none
  std::vector<monitor::point> history{};    ///< what opcache:check has seen; the oldest first
  std::int64_t time = 0;                    ///< when it was read, as a Unix time
};

/// A whole page, with a part for each. One that has no memory for scripts (opcache.file_cache_only) has no such
/// figures.
std::string report_page(std::vector<reported_master> const& masters);

}  // namespace cachetool::cli
