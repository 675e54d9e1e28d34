#pragma once

#include <cstdint>
#include <optional>

#include <cachetool/fastcgi/endpoint.hpp>

namespace cachetool::fpm {

/// How many connections a unix socket of this machine has: the requests that its workers run, and those that wait for
/// one. Nothing where that cannot be told (TCP, another network namespace). Source: proc(5), /proc/net/unix.
std::optional<std::int64_t> connections(fastcgi::endpoint const& where);

}  // namespace cachetool::fpm
