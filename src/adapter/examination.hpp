#pragma once

#include <optional>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

#include "fpm/activity.hpp"
#include "fpm/discovery.hpp"
#include "fpm/setting.hpp"

namespace cachetool::adapter {

/// FAILED, a failure of a call to the php-fpm behind WHERE, with what this machine can tell of its cause: how busy the
/// pool is, which line of its configuration forbids what was tried, who may connect. MASTER is the master's pid, 0
/// where that is not known. Looks at the process table and at php-fpm's configuration, and connects to nothing: for
/// when there is nothing left to try.
error examined(error const& failed, fastcgi::endpoint const& where, pid_t master,
               fpm::search_options const& around = {});

/// A timeout of a pool that is so busy. MAX_CHILDREN is the pool's line, if it can be read.
error with_load(error const& failed, fpm::pool_load const& load, std::optional<fpm::setting> const& max_children);

}  // namespace cachetool::adapter
