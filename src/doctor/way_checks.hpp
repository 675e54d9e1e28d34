#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

#include "advice/finding.hpp"
#include "fpm/discovery.hpp"

/// Judges the way to PHP, from what was met on it. Pure functions.
namespace cachetool::doctor {

using advice::finding;
using advice::level;
using advice::verdict;

/// What is at a socket's path.
struct socket_look {
  std::string user;   ///< "www-data (uid 33)"
  std::string group;  ///< "www-data (gid 33)"
  unsigned mode = 0;  ///< permission bits
};

/// A place for the agent that did not work.
struct failed_place {
  error why;
  bool named = false;  ///< by the caller
};

/// What was seen on the way to PHP.
struct seen_way {
  std::optional<fastcgi::endpoint> where;  ///< nothing for a web site, or php on the command line
  std::string who;                         ///< a pool that was found but cannot be reached, if known
  bool guessed = false;                    ///< nothing was named, and nothing was found
  std::optional<fpm::listener> host;       ///< the php-fpm that listens there, on this machine
  std::string master_user;                 ///< the user that it runs as: "root (uid 0)"
  std::optional<socket_look> socket;
  std::string caller;                 ///< the effective user, in the same form
  std::vector<failed_place> refused;  ///< places for the agent, in the order in which they were tried
  std::string agent_path;             ///< the path that was tried last; empty if none was
  std::string said;                   ///< what php-fpm wrote to its standard error during the call
  std::int64_t worker = 0;            ///< the worker that answered; 0 if unknown
  std::string worker_user;            ///< the user that it runs as
  std::chrono::duration<double, std::milli> took{};
};

enum class stage : std::uint8_t { connect, place, run, over };

/// How far the call came that ended with this error.
stage stage_of(error const& failed, seen_way const& seen);

/// Returns a finding for each step that was taken. `ended` is the error that ended the walk; it is the last step's
/// finding.
std::vector<finding> check_way(seen_way const& seen, std::optional<error> const& ended);

}  // namespace cachetool::doctor
