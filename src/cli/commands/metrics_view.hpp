#pragma once

#include <optional>
#include <string>
#include <vector>

#include "advice/facts.hpp"
#include "caches/pool_status.hpp"

/// The text of the command metrics.
namespace cachetool::cli {

/// What was learnt of one address.
struct watched_pool {
  std::string endpoint;
  std::string pool;                        ///< empty if unknown
  std::string php_version;                 ///< empty if unknown
  std::optional<advice::facts> caches;     ///< nothing if nobody answered
  bool has_caches_of_another = false;      ///< another address of the same master tells of them
  std::optional<fpm::pool_status> status;  ///< nothing if it cannot be asked for
  std::optional<fpm::listener> host;       ///< its master, if this machine tells
};

/// The metrics of all of them. docs/monitoring.md explains each.
std::string metrics_text(std::vector<watched_pool> const& pools);

}  // namespace cachetool::cli
