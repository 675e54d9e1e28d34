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

/// Where to look. Tests pass small trees.
struct search_options {
  std::string proc = "/proc";
  std::string root = "/";  ///< directory in which files and sockets are looked for
  uid_t caller = ::geteuid();
  bool exact_version = false;  ///< read "8.2.36" from the executable; takes some milliseconds for each master
  bool must_know = false;      ///< in master_of() a failed read is an error, too

  // The time limit for everything. A readable interrupt_fd ends the search.
  std::chrono::milliseconds patience{5000};
  int interrupt_fd = -1;
};

/// Returns every php-fpm master that runs on this machine, sorted by pid, with its pools. processes.hpp says which
/// processes are believed to be masters.
///
/// Its sources are, in this order: the process table; the configuration file that the master's title names (read as the
/// master sees it if the caller may, else as the caller does); the kernel's tables of listening sockets; and, for root,
/// the descriptors of the master and its workers, which tell who listens where without asking anybody. It does not
/// connect to sockets that these explain: that would make an ondemand pool start a worker. A socket that they do not
/// explain, but that lies where packages put php-fpm's sockets, is connected to once, to learn from the kernel who
/// listens (SO_PEERCRED). If nobody listens on it any more, it is reported as a master of its own without a pid. If
/// processes are hidden (hidepid), it also reads configuration files in the usual places.
///
/// A master in a container that the caller may not enter gets no address: a path or a port in its configuration means
/// something else here. Masters that are not the caller's own (is_own()) come last, and get a second at most; those
/// left by then are listed without their pools' addresses.
///
/// It costs a few small reads for each process of the machine. What may not be read is left out. Throws error: timeout
/// if time did not suffice; no_resources if a read failed that might have shown a master; interrupted.
std::vector<master> find_masters(search_options const& where = {});

/// Where find_masters() looks for sockets, besides the kernel's tables: patterns for glob(7).
std::span<std::string_view const> usual_socket_places() noexcept;

/// The master that listens at one endpoint of this machine.
struct listener {
  fpm::master master;
  std::optional<std::size_t> pool;  ///< its index in master.pools, if known
};

/// Returns the master behind an endpoint. `peer` is what the kernel said about who listens there (a connection's
/// peer()); then the master is found by that pid. Nothing if there is no such master, if this process may not see it,
/// or if time did not suffice. Throws error: interrupted; no_resources if a read failed, as find_masters() does, but
/// only with must_know.
std::optional<listener> master_of(fastcgi::endpoint const& endpoint, std::optional<pid_t> peer,
                                  search_options const& where = {});

/// An endpoint of this machine, and what the kernel said about who listens there.
struct heard_endpoint {
  fastcgi::endpoint where;
  std::optional<pid_t> peer;
};

/// Like master_of() for each of the endpoints, in their order. The process table is read once for all of them, and the
/// time limit is one for all.
std::vector<std::optional<listener>> masters_of(std::span<heard_endpoint const> endpoints,
                                                search_options const& where = {});

}  // namespace cachetool::fpm
