#pragma once

#include <vector>

#include "fpm/discovery.hpp"
#include "fpm/proc.hpp"
#include "fpm/search_time.hpp"
#include "fpm/sockets.hpp"

namespace cachetool::fpm {

/// Adds to MASTERS what the process table did not tell: sockets where packages put php-fpm's, and, where processes are
/// hidden, the configurations in the usual places whose sockets are listened on. SOCKETS are those of the caller's
/// network namespace. What TIME does not suffice for is left out; reads that fail count for PROCESSES.
void add_strays(search_options const& where, proc const& processes, std::vector<listening_socket> const& sockets,
                search_time const& time, std::vector<master>& masters);

}  // namespace cachetool::fpm
