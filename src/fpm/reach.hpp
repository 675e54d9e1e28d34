#pragma once

#include <string>

#include "fpm/master.hpp"

namespace cachetool::fpm {

/// Whether the caller could connect to a unix socket, without doing so. FILE is the path by which the caller reaches
/// it, HEARD whether the kernel knows that somebody listens there.
access reach_socket(std::string const& file, bool heard);

/// The same for a port of this machine, which is reached from HOST itself. ALLOWED_CLIENTS is the pool's
/// 'listen.allowed_clients', empty if it takes everybody.
access reach_port(bool heard, std::string const& allowed_clients, std::string const& host);

}  // namespace cachetool::fpm
