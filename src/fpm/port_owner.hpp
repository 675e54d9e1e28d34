#pragma once

#include <cstdint>

#include "fpm/discovery.hpp"

namespace cachetool::fpm {

/// Who listens on a port of this machine's loopback interface.
enum class port_owner : std::uint8_t {
  nobody,     ///< nobody; or the kernel's tables could not be read
  trusted,    ///< only root and the caller: the socket's maker, and everybody who visibly has it open
  third_user  ///< somebody else
};

/// Any user can listen on a port that nobody else uses. Throws error (interrupted). Sources: proc(5), /proc/net/tcp and
/// tcp6 (the user who made a socket), /proc/<pid>/fd and /proc/<pid>/status.
port_owner owner_of_port(std::uint16_t port, search_options const& where = {});

}  // namespace cachetool::fpm
