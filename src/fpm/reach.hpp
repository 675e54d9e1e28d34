#pragma once

#include <optional>
#include <string>

#include <cachetool/error.hpp>

#include "fpm/master.hpp"

namespace cachetool::fpm {

/// Whether the caller could connect to a unix socket. FILE is the path by which the caller reaches it, HEARD whether
/// the kernel's table of this network namespace has somebody who listens there: then nobody connects. A socket that it
/// does not have is connected to once, because that table may be another one's, or hidden.
access reach_socket(std::string const& file, bool heard);

/// The same for a port of this machine, which is reached from HOST itself. ALLOWED_CLIENTS is the pool's
/// 'listen.allowed_clients', empty if it takes everybody.
access reach_port(bool heard, std::string const& allowed_clients, std::string const& host);

/// Why the caller does not reach a pool, and what to do about it. Nothing if it does.
std::optional<error> why_not(pool const& of);

}  // namespace cachetool::fpm
