#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <cachetool/apcu.hpp>
#include <cachetool/opcache.hpp>

#include "caches/pool_status.hpp"
#include "fpm/discovery.hpp"
#include "fpm/master.hpp"

/// What the checks look at: plain data.
namespace cachetool::advice {

/// What PHP said about itself.
struct facts {
  origin from;
  std::map<std::string, std::string> settings;  ///< as from ini_get(); without those that PHP does not know
  std::map<std::string, fpm::directive> lines;  ///< where PHP's ini files set them, as written there
  std::string ini_file;                         ///< the php.ini; empty if there is none
  std::set<std::string> missing;                ///< functions that cannot be called
  bool has_opcache = false;                     ///< the extension is loaded
  bool has_apcu = false;
  bool apcu_is_on = false;
  bool restricted = false;                  ///< opcache.restrict_api forbids the calls
  std::optional<opcache::status> status;    ///< nothing if OPcache is off, or does not tell
  bool switched_link = false;               ///< the worker remembers a link that leads elsewhere by now
  std::optional<apcu::info> apcu;           ///< nothing if APCu is off, or does not tell
  std::optional<apcu::memory> apcu_memory;  ///< likewise
  std::int64_t preloaded = 0;               ///< scripts that opcache.preload loaded
  std::optional<std::int64_t> user;         ///< the worker's effective user
  std::optional<std::int64_t> path_memory;  ///< bytes of the worker's realpath cache in use
};

/// What was counted since an earlier look at the same php-fpm, for who looks again and again.
struct growth {
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t oom_restarts = 0;
  std::int64_t hash_restarts = 0;
  std::int64_t manual_restarts = 0;
  std::int64_t expunges = 0;       ///< of APCu
  std::int64_t limit_reached = 0;  ///< as in fpm::pool_status
  std::int64_t slow_requests = 0;  ///< likewise
  std::int64_t pending = 0;        ///< seconds for which a restart is known to be pending
};

/// Everything that is known once the agent has run.
struct subject {
  facts php;
  std::optional<fpm::listener> host;  ///< the master on this machine; nothing for a web site, another host, a container
  std::string agent_path{};           ///< as PHP sees it; empty if unknown
  std::string options{};              ///< what a command line needs to name it: " --fcgi=/run/a.sock"; may be empty
  std::size_t held_workers = 0;       ///< workers of the pool whose clients keep connections open; only root can tell
  std::optional<fpm::pool_status> load{};  ///< what the pool does; nothing if nobody asked, or it does not tell
  std::optional<growth> since{};           ///< nothing: what counts is everything since php-fpm was started
  bool is_web_site = false;                ///< asked through its web server, which may run PHP without php-fpm
};

/// The pool that was examined; null if unknown.
fpm::pool const* pool_of(subject const& of) noexcept;

/// The directory that a private agent was put into, "/dev/shm" for "/dev/shm/cachetool-33-ab/cd.php"; nothing for an
/// agent that is kept or installed.
std::optional<std::string> private_place(std::string const& agent_path);

}  // namespace cachetool::advice
