#pragma once

#include <optional>
#include <string>

#include <cachetool/error.hpp>

#include "fpm/master.hpp"

namespace cachetool::fpm {

/// Whether the caller could connect to a unix socket. `file` is its path for the caller. `heard` says that somebody
/// listens there by the kernel's table of this network namespace; then nothing connects. A socket that is not in the
/// table is connected to once, because the table may be another namespace's, or hidden.
access reach_socket(std::string const& file, bool heard);

/// The same for a port of this machine, which is reached from `host` itself. `allowed_clients` is the pool's
/// 'listen.allowed_clients', empty if it allows everybody.
access reach_port(bool heard, std::string const& allowed_clients, std::string const& host);

/// Why the caller does not reach a pool, and what to do about it. Nothing if it does.
std::optional<error> why_not(pool const& of);

}  // namespace cachetool::fpm
