#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fpm/proc.hpp"

namespace cachetool::fpm {

/// A stream socket that somebody listens on, from the kernel.
struct listening_socket {
  std::uint64_t inode = 0;  ///< as in links in /proc/<pid>/fd
  std::string path;         ///< as it was bound; "@name" if abstract; empty for TCP
  std::string host;         ///< "127.0.0.1", "0.0.0.0", "::"; empty for unix sockets
  std::uint16_t port = 0;
  uid_t owner = 0;  ///< the user who made it; only known for TCP
};

/// The listening sockets of one network namespace: `net` is "net" for the caller's own, or "42/net". Looks at the first
/// million lines of each table at most. Source: proc(5), /proc/net/unix, tcp and tcp6.
std::vector<listening_socket> listening_sockets(proc const& processes, std::string const& net);

/// What these sockets (by inode) are bound to: a path, or "port 9000". An accepted connection has the name of the
/// socket that it came to; one that a process opened has none, or a port of its own. Source: as above.
std::map<std::uint64_t, std::string> socket_names(proc const& processes, std::string const& net,
                                                  std::vector<std::uint64_t> const& inodes);

/// The inode in "socket:[12345]"; 0 for anything else.
std::uint64_t socket_inode(std::string const& link);

}  // namespace cachetool::fpm
