#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/fastcgi/client.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

#include "base/unique_fd.hpp"

namespace cachetool::fastcgi {

/// The longest path, or abstract name, that fits into a socket address: one byte is for the NUL.
inline constexpr std::size_t max_unix_name = sizeof(sockaddr_un::sun_path) - 1;

struct socket_address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

/// The address of a unix or abstract socket.
socket_address unix_address(endpoint const& where);

/// The addresses of a host that needs no look-up, in the order to try them: a numeric IPv4 or IPv6 address (also with
/// %scope), or "localhost", which is 127.0.0.1 and then ::1. Nothing for any other name.
std::optional<std::vector<socket_address>> numeric_addresses(std::string const& host, std::uint16_t port);

/// True for a numeric IPv6 address without brackets, with or without a %scope, whether or not that scope exists.
bool is_ipv6(std::string const& host);

/// A non-blocking stream socket for an address, closed on exec; -1 and errno if none is available.
base::unique_fd open_socket(socket_address const& to);

/// connect(2): 0, or the errno value; EINPROGRESS if the result comes later.
int start_connect(int fd, socket_address const& to);

/// The process that called listen() at the other end of an open connection; nothing for TCP.
std::optional<peer_credentials> peer_of(int fd);

/// The error that a connection met in the meantime (SO_ERROR), 0 for none.
int pending_error(int fd);

}  // namespace cachetool::fastcgi
