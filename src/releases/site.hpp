#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <cachetool/origin.hpp>

#include "adapter/adapter.hpp"

/// A site as php-fpm sees it: its link, its releases, and what is cached of them.
namespace cachetool::releases {

/// A cached script that may have a name below a link.
struct aliased_script {
  std::string path;
  std::int64_t memory = 0;  ///< bytes
};

/// A directory with a site's code. The path is real, and as php-fpm sees it.
struct release {
  std::string path;
  std::int64_t scripts = 0;  ///< valid cached ones
};

struct link {
  std::string name;
  std::string target;  ///< a real path; empty if the link leads nowhere
};

/// A site as one php-fpm sees it.
struct site {
  origin from;
  std::string live;                 ///< the directory that the link leads to; empty if there is none
  std::string blind;                ///< a disabled function without which nobody can tell what is cached; empty: none
  bool has_opcache = true;          ///< false: OPcache is off there
  bool restart_pending = false;     ///< then what is cached is unknown
  bool full = false;                ///< OPcache caches nothing more
  std::int64_t free = 0;            ///< bytes of the cache
  bool includes_twice = false;      ///< code of Symfony is cached that includes a request's first script once more
  std::int64_t live_scripts = 0;    ///< cached ones of the live release
  std::vector<release> others;      ///< other directories beside it with cached scripts, without targets of links
  std::vector<release> linked;      ///< those that other links lead to; they are left alone
  std::vector<std::string> shared;  ///< directories beside it with cached scripts that are no releases
  std::vector<link> links;          ///< other links: beside the site's link, beside the live release, and beside
                                    ///< directories above
  std::vector<std::string> pools;   ///< of that master, if php-fpm shows them
  std::vector<std::string> preloaded;  ///< scripts beside the live release that opcache.preload loaded
};

/// Looks at the site behind the link `current`, an absolute path as php-fpm sees it. Throws error.
site look(adapter::adapter& php, std::string const& current);

/// False for a php-fpm that has cached nothing of the site's releases. True also if that is unknown at the moment.
bool has_scripts_of(site const& seen);

/// Whether any worker remembers where one of `names` leads, or a path below one. The pools belong to one master.
/// Nothing if some workers could not be asked within `patience`, and no other worker remembers. Throws error
/// (interrupted).
std::optional<bool> is_remembered(std::span<adapter::adapter* const> pools, std::vector<std::string> const& names,
                                  std::chrono::milliseconds patience);

/// Returns the cached scripts of the old releases whose name below the link is a key of OPcache, too. That name leads
/// to them or to another release's script. Throws error: pending or opcache_off if no scripts are listed, protocol if
/// PHP names other scripts.
std::vector<aliased_script> scripts_with_aliases(adapter::adapter& php, std::string const& current,
                                                 std::vector<std::string> const& old);

}  // namespace cachetool::releases
