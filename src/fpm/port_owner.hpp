#pragma once

#include <cstdint>

#include "fpm/discovery.hpp"

namespace cachetool::fpm {

/// Who listens on a port of this machine's loopback interface.
enum class port_owner : std::uint8_t {
  nobody,     ///< nobody; or the kernel's tables could not be read
  trusted,    ///< root or the caller: who made the socket, and everybody who is seen to have it open
  third_user  ///< somebody else
};

/// Any user can listen on a port that nobody else has. Throws error (interrupted). Sources: proc(5), /proc/net/tcp and
/// tcp6 (the user who made a socket), /proc/PID/fd and /proc/PID/status.
port_owner owner_of_port(std::uint16_t port, search_options const& where = {});

}  // namespace cachetool::fpm
