#pragma once

#include <optional>
#include <vector>

#include "advice/facts.hpp"
#include "advice/finding.hpp"

namespace cachetool::advice {

/// Checks whether OPcache works and has room, which settings make deployments fail, and what php-fpm's configuration
/// adds. Does not judge what is unknown.
std::vector<finding> check_settings(subject const& of);

/// One check; nothing if it does not apply.
using check_function = std::optional<verdict> (*)(subject const& of);

// The cache itself: cache_checks.cpp.
std::optional<verdict> check_opcache(subject const& of);
std::optional<verdict> check_pending(subject const& of);
std::optional<verdict> check_memory(subject const& of);
std::optional<verdict> check_keys(subject const& of);
std::optional<verdict> check_strings(subject const& of);
std::optional<verdict> check_restarts(subject const& of);
std::optional<verdict> check_file_cache(subject const& of);
std::optional<verdict> check_preload(subject const& of);

// How new code gets served: deploy_checks.cpp.
std::optional<verdict> check_timestamps(subject const& of);
std::optional<verdict> check_links(subject const& of);
std::optional<verdict> check_cwd(subject const& of);
std::optional<verdict> check_new_files(subject const& of);
std::optional<verdict> check_forced_restart(subject const& of);
std::optional<verdict> check_paths(subject const& of);

// php-fpm and its other pools: pool_checks.cpp.
std::optional<verdict> check_configuration(subject const& of);
std::optional<verdict> check_other_pools(subject const& of);
std::optional<verdict> check_users(subject const& of);
std::optional<verdict> check_held(subject const& of);
std::optional<verdict> check_permissions(subject const& of);
std::optional<verdict> check_roots(subject const& of);
std::optional<verdict> check_reload(subject const& of);
std::optional<verdict> check_time_limit(subject const& of);
std::optional<verdict> check_max_requests(subject const& of);

/// True if OPcache keeps scripts in memory there, as far as known.
bool caches_scripts(subject const& of);

}  // namespace cachetool::advice
