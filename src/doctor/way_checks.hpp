#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

#include "doctor/finding.hpp"
#include "fpm/discovery.hpp"

/// The way to PHP: what was met on it. Pure functions.
namespace cachetool::doctor {

/// What lies at a socket's path.
struct socket_look {
  std::string user;   ///< "www-data (uid 33)"
  std::string group;  ///< "www-data (gid 33)"
  unsigned mode = 0;  ///< permission bits
};

/// A place for the agent that did not serve.
struct failed_place {
  error why;
  bool named = false;  ///< by the caller
};

/// What was seen on the way.
struct trail {
  std::optional<fastcgi::endpoint> where;  ///< nothing for a web site, or php on the command line
  std::string who;                         ///< of a pool that was found and cannot be reached, if that is known
  bool guessed = false;                    ///< nothing was named, and nothing found
  std::optional<fpm::listener> host;       ///< who listens there, on this machine
  std::string master_user;                 ///< and as whom: "root (uid 0)"
  std::optional<socket_look> socket;
  std::string caller;                 ///< the effective user, as above
  std::vector<failed_place> refused;  ///< places for the agent, in the order in which they were tried
  std::string agent_path;             ///< that was tried last; empty if none was
  std::string said;                   ///< what php-fpm wrote to its standard error during the call
  std::int64_t worker = 0;            ///< who answered; 0 where that is not known
  std::string worker_user;            ///< and as whom
  std::chrono::duration<double, std::milli> took{};
};

enum class stage : std::uint8_t { connect, place, run, over };

/// How far the call came that ended with this error.
stage stage_of(error const& failed, trail const& seen);

/// A finding for each step that was taken. ENDED: the error that ended the walk, which is what its step found.
std::vector<finding> check_way(trail const& seen, std::optional<error> const& ended);

}  // namespace cachetool::doctor
