#pragma once

#include <unistd.h>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>

#include "fpm/master.hpp"

namespace cachetool::fpm {

/// Where to look. Tests give small trees.
struct search_options {
  std::string proc = "/proc";
  std::string root = "/";  ///< where files and sockets are looked for
  uid_t caller = ::geteuid();
  bool exact_version = false;  ///< read "8.2.36" from the executable: some milliseconds for each master
  bool must_know = false;      ///< master_of() takes a read that failed for an error, too

  // How long the look may take as a whole; INTERRUPT_FD ends it when it becomes readable.
  std::chrono::milliseconds patience{5000};
  int interrupt_fd = -1;
};

/// Every php-fpm master that runs on this machine, by pid, with its pools. Which processes are believed to be masters
/// says processes.hpp.
///
/// What is known comes, in this order, from the process table, from the configuration file that the master's title
/// names (read as the master sees it where the caller may, else as the caller does), from the kernel's tables of
/// listening sockets, and, as root, from the descriptors of the master and its workers, which tell who listens where
/// without asking anybody. No connection is made to a socket that these explain: it would make an ondemand pool start a
/// worker. A socket that they do not explain but that lies where packages put php-fpm's is connected to once, to learn
/// from the kernel who listens (SO_PEERCRED); one that nobody listens on any more is reported as a master of its own
/// without a pid. Where processes are hidden (hidepid) the configuration files in the usual places tell more.
///
/// A master in a container that the caller may not enter gets no address: a path or a port of its configuration means
/// something else here. Masters that are not the caller's own (is_own()) are looked at last, and for a second at most:
/// what that does not suffice for is listed without its pools' addresses.
///
/// Costs a few small reads for each process of the machine. What may not be read is left out. Throws error: timeout if
/// the time did not suffice; no_resources if a read failed that would have told of a master; interrupted.
std::vector<master> find_masters(search_options const& where = {});

/// Where find_masters() looks for sockets, besides the kernel's tables: patterns as glob(7) has them.
std::span<std::string_view const> usual_socket_places() noexcept;

/// Who listens at one endpoint of this machine.
struct listener {
  fpm::master master;
  std::optional<std::size_t> pool;  ///< its index in master.pools, where that can be told
};

/// The master behind an endpoint. PEER is what the kernel said of who listens there (a connection's peer()): with it
/// the master is found by its pid. Nothing if there is no such master, none that this process may see, or if that could
/// not be found out in time. Throws error: interrupted; no_resources if a read failed, as find_masters() does, where
/// that must be known.
std::optional<listener> master_of(fastcgi::endpoint const& endpoint, std::optional<pid_t> peer,
                                  search_options const& where = {});

}  // namespace cachetool::fpm
