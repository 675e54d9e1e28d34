#pragma once

#include <vector>

#include "fpm/discovery.hpp"
#include "fpm/proc.hpp"
#include "fpm/search_time.hpp"
#include "fpm/sockets.hpp"

namespace cachetool::fpm {

/// Adds php-fpm that the process table did not show to `masters`: sockets where packages put php-fpm's, and, if
/// processes are hidden, configurations in the usual places whose sockets somebody listens on. `sockets` are those of
/// the caller's network namespace. What time does not suffice for is left out. Failed reads count for `processes`.
void add_strays(search_options const& where, proc const& processes, std::vector<listening_socket> const& sockets,
                search_time const& time, std::vector<master>& masters);

}  // namespace cachetool::fpm
