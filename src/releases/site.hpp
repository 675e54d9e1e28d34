#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <cachetool/origin.hpp>

#include "adapter/adapter.hpp"

/// A site as php-fpm sees it: the link, the releases that it led to, and what is cached of them.
namespace cachetool::releases {

/// A cached script that may have a name below a link.
struct aliased_script {
  std::string path;
  std::int64_t memory = 0;  ///< bytes
};

/// A directory of a site's code, by its real path as php-fpm sees it.
struct release {
  std::string path;
  std::int64_t scripts = 0;  ///< cached ones that are valid
};

struct link {
  std::string name;
  std::string target;  ///< by its real path; empty if it leads nowhere
};

/// A site as one php-fpm sees it.
struct site {
  origin from;
  std::string live;                 ///< the directory to which CURRENT leads; empty if there is none
  std::string blind;                ///< the disabled function without which nobody tells what is cached; empty: none
  bool has_opcache = true;          ///< false: OPcache is off there
  bool restart_pending = false;     ///< and what is cached is not known
  bool full = false;                ///< OPcache caches nothing more
  std::int64_t free = 0;            ///< bytes of the cache
  bool includes_twice = false;      ///< code of Symfony's is cached that includes a request's first script once more
  std::int64_t live_scripts = 0;    ///< cached ones of the live release
  std::vector<release> others;      ///< the directories beside it that have cached scripts, but for targets of links
  std::vector<release> linked;      ///< of those, the targets of other links, which are left alone
  std::vector<std::string> shared;  ///< directories beside it that have cached scripts, and are no releases
  std::vector<link> links;          ///< but CURRENT: beside it, beside the live release, and beside directories above
  std::vector<std::string> pools;   ///< of that master, where it shows them
  std::vector<std::string> preloaded;  ///< scripts beside the live release that opcache.preload loaded
};

/// CURRENT is absolute, as php-fpm sees it.
site look(adapter::adapter& php, std::string const& current);

/// False for a php-fpm that has cached nothing of the site's releases. True, too, where that is not known just now.
bool has_scripts_of(site const& seen);

/// Whether a worker of POOLS, which are pools of one master, remembers where one of NAMES leads, or one below it.
/// Nothing where some could not be asked by the end of PATIENCE, and none that could does. Throws error (interrupted).
std::optional<bool> is_remembered(std::span<adapter::adapter* const> pools, std::vector<std::string> const& names,
                                  std::chrono::milliseconds patience);

/// The cached scripts of the OLD releases whose name below CURRENT is a key of OPcache's too. It leads to them or to
/// another release's. Throws error: pending or opcache_off where no scripts are listed, protocol if PHP names others.
std::vector<aliased_script> scripts_with_aliases(adapter::adapter& php, std::string const& current,
                                                 std::vector<std::string> const& old);

}  // namespace cachetool::releases
