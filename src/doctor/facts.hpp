#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <cachetool/opcache.hpp>

#include "fpm/discovery.hpp"
#include "fpm/master.hpp"

/// What the checks look at: plain data.
namespace cachetool::doctor {

/// What PHP told of itself.
struct facts {
  origin from;
  std::map<std::string, std::string> settings;  ///< as ini_get() has them; those that PHP does not know are left out
  std::map<std::string, fpm::directive> lines;  ///< where PHP's ini files set them, as they stand there
  std::string ini_file;                         ///< the php.ini; empty for none
  std::set<std::string> missing;                ///< functions that cannot be called
  bool has_opcache = false;                     ///< the extension is loaded
  bool has_apcu = false;
  bool apcu_is_on = false;
  bool restricted = false;                  ///< opcache.restrict_api forbids the calls
  std::optional<opcache::status> status;    ///< nothing where OPcache is off, or does not tell
  std::int64_t preloaded = 0;               ///< scripts that opcache.preload loaded
  std::optional<std::int64_t> user;         ///< the worker's effective user
  std::optional<std::int64_t> path_memory;  ///< bytes of the worker's realpath cache that are in use
};

/// All that is known when the agent has run.
struct subject {
  facts php;
  std::optional<fpm::listener> host;  ///< the master on this machine; nothing for a web site, another host, a container
  std::string agent_path;             ///< as PHP sees it; empty where that is not known
  std::string options;                ///< what a command line needs to mean it: " --fcgi=/run/a.sock"; may be empty
  std::size_t held_workers = 0;       ///< of the pool, by connections that their clients keep open; root can tell
};

/// The pool that was examined; null where it is not known.
fpm::pool const* pool_of(subject const& of) noexcept;

/// The directory in which a private agent was put, "/dev/shm" for "/dev/shm/cachetool-33-ab/cd.php"; nothing for an
/// agent that is kept or installed.
std::optional<std::string> private_place(std::string const& agent_path);

}  // namespace cachetool::doctor
