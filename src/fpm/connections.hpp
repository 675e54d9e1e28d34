#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <cachetool/fastcgi/endpoint.hpp>

#include "fpm/proc.hpp"

namespace cachetool::fpm {

/// Returns how many connections a unix socket of this machine has: requests that its workers run, and those that wait
/// for a worker. Nothing if unknown (TCP, another network namespace). Source: proc(5), /proc/net/unix.
std::optional<std::int64_t> connections(fastcgi::endpoint const& where);

struct connection_count {
  std::size_t accepted = 0;  ///< a worker has them
  std::size_t waiting = 0;   ///< in the backlog, until a worker is free
};

/// Counts both kinds, for ports as well, where it looks at every connection of the machine. A connection that its
/// client has closed counts until php-fpm knows. Nothing if nobody listens there in this network namespace. Sources: as
/// above, /proc/net/tcp and tcp6.
std::optional<connection_count> count_connections(fastcgi::endpoint const& where, proc const& processes = proc());

}  // namespace cachetool::fpm
