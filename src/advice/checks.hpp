#pragma once

#include <optional>
#include <vector>

#include "advice/facts.hpp"
#include "advice/finding.hpp"

namespace cachetool::advice {

/// The one judgement of a php-fpm: whether its caches work and have room, which settings make deployments fail, whether
/// its workers suffice, and what its configuration adds. Does not judge what is unknown. Has no finding, or one that is
/// ok, where all is well.
std::vector<finding> judge(subject const& of);

/// The ids of all that judge() may find, in its order. docs/monitoring.md explains each.
std::vector<std::string> rule_ids();

/// One check; nothing if it does not apply.
using check_function = std::optional<verdict> (*)(subject const& of);

// The cache itself: cache_checks.cpp.
std::optional<verdict> check_opcache(subject const& of);
std::optional<verdict> check_pending(subject const& of);
std::optional<verdict> check_memory(subject const& of);
std::optional<verdict> check_keys(subject const& of);
std::optional<verdict> check_strings(subject const& of);
std::optional<verdict> check_wasted(subject const& of);
std::optional<verdict> check_max_wasted(subject const& of);
std::optional<verdict> check_restarts(subject const& of);
std::optional<verdict> check_hit_rate(subject const& of);
std::optional<verdict> check_jit(subject const& of);
std::optional<verdict> check_old_release(subject const& of);

// APCu: apcu_checks.cpp.
std::optional<verdict> check_apcu_memory(subject const& of);

// How new code gets served: deploy_checks.cpp.
std::optional<verdict> check_room(subject const& of);
std::optional<verdict> check_file_cache(subject const& of);
std::optional<verdict> check_preload(subject const& of);
std::optional<verdict> check_timestamps(subject const& of);
std::optional<verdict> check_links(subject const& of);
std::optional<verdict> check_cwd(subject const& of);
std::optional<verdict> check_new_files(subject const& of);
std::optional<verdict> check_forced_restart(subject const& of);
std::optional<verdict> check_paths(subject const& of);

// What the pool's workers do: load_checks.cpp.
std::optional<verdict> check_busy(subject const& of);
std::optional<verdict> check_queue(subject const& of);
std::optional<verdict> check_max_children(subject const& of);
std::optional<verdict> check_slow_requests(subject const& of);

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
