#pragma once

#include <optional>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

#include "fpm/activity.hpp"
#include "fpm/discovery.hpp"
#include "fpm/setting.hpp"

namespace cachetool::adapter {

/// Returns a failed call's error with what this machine can tell of its cause: how busy the pool is, which line of its
/// configuration forbids what was tried, who may connect. `where` is the php-fpm's address, `master` the master's pid,
/// or 0 if unknown. Looks at the process table and at php-fpm's configuration, and connects to nothing. For when there
/// is nothing left to try.
error examined(error const& failed, fastcgi::endpoint const& where, pid_t master,
               fpm::search_options const& around = {});

/// The error for a timeout of a pool with this load. `max_children` is the pool's line, if it can be read.
error with_load(error const& failed, fpm::pool_load const& load, std::optional<fpm::setting> const& max_children);

}  // namespace cachetool::adapter
