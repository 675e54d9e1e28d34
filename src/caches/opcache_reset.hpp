#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::opcache {

/// See pool::opcache_reset().
reset_report reset(adapter::adapter& php, reset_options const& options = {});

/// Says what a reset might do to requests that run now, one sentence each. PHP ends the worker that keeps a restart
/// waiting for longer than `kill_after` (0: never), which is likely for a request that has already taken half of that.
/// Workers of another user cannot end it; then their pools answer with empty pages (php-src
/// ext/opcache/ZendAccelerator.c, kill_all_lockers()). Requests of unknown age count, too: `running` holds them only if
/// they went on for a while.
std::vector<std::string> risks_of(std::vector<blocker> const& running, std::vector<std::int64_t> const& users,
                                  std::chrono::seconds kill_after);

/// "worker 812 of the pool www (uid 33), /srv/export.php, for 95 s"
std::string describe(blocker const& who);

}  // namespace cachetool::opcache
