#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <cachetool/origin.hpp>

#include "adapter/adapter.hpp"

/// Finds the links through which php-fpm reaches code, without being told: from what its workers remember, and from
/// what lies around the cached scripts.
namespace cachetool::releases {

/// What leads to an earlier target of a link.
struct evidence {
  std::vector<std::int64_t> workers;  ///< that remember it
  std::int64_t names = 0;             ///< below the link that lead to it in OPcache
  std::string name;                   ///< one of them
};

/// A link behind which php-fpm may still serve an earlier target.
struct switched_link {
  std::string path;                      ///< as visitors' requests name it
  std::string leads_to;                  ///< the real path of its present target
  std::string release;                   ///< where the last link on the way leads: `leads_to`, or a directory above it
  std::vector<std::string> before;       ///< earlier targets, as far as they are known; at least one
  std::size_t pool = 0;                  ///< a pool that sees it: another may see nothing there, or something else
  std::map<std::string, evidence> seen;  ///< of each of them
};

struct known_links {
  origin from;
  std::vector<switched_link> switched;
  std::vector<std::string> roots;     ///< of each pool, its root directory: elsewhere a path is another path
  std::vector<switched_link> others;  ///< links that everybody knows the target of; `before` is empty
  /// Directories with cached scripts, and above them, that the first pool does not see: by the pool that does.
  std::map<std::size_t, std::set<std::string>> seen_by;
  std::int64_t workers = 0;  ///< that were asked
  /// A worker or a pool could not be asked, or a link leads to no directory any more, so this may not be everything.
  std::optional<std::string> why_not_all;
};

/// Asks every worker, for half of `patience` at most, and in the rest of it looks at the links around the cached
/// scripts and on the way to `paths`: as the first pool sees them, and as others do where that one does not see all.
/// The pools belong to one master. Throws error: what the first pool failed with, such as disabled, pending and
/// opcache_off; interrupted.
known_links find_switched_links(std::span<adapter::adapter* const> pools, std::chrono::milliseconds patience,
                                std::vector<std::string> const& paths = {});

/// The directories to which names below the link lead in OPcache, other than the one to which it leads now. Throws
/// error: disabled, pending, opcache_off; timeout if `patience` is over before every name was asked for.
std::vector<std::string> earlier_targets(adapter::adapter& php, std::string const& link,
                                         std::chrono::milliseconds patience);

}  // namespace cachetool::releases
