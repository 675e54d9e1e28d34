#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"

/// The links through which php-fpm reaches code, found without being told: by what its workers remember, and by what
/// lies around the scripts that are cached.
namespace cachetool::releases {

/// A link behind which php-fpm may still serve what it led to before.
struct switched_link {
  std::string path;                 ///< as visitors' requests name it
  std::string leads_to;             ///< now, by its real name
  std::string release;              ///< the directory to which the last link on the way leads: LEADS_TO, or above it
  std::vector<std::string> before;  ///< where it led, as far as anybody knows; at least one
};

struct known_links {
  origin from;
  std::vector<switched_link> switched;
  std::vector<switched_link> others;  ///< that lead where everybody knows; BEFORE is empty
  std::int64_t workers = 0;           ///< that were asked
  opcache::status state;              ///< of OPcache, without raw
};

/// Tells whether the names below a link are known to lead where it leads.
using is_finished = std::function<bool(switched_link const& link)>;

/// Asks every worker of POOLS, which are all pools of one master, for PATIENCE at most, and looks at the links around
/// the cached scripts as the first of POOLS sees them. Returns what it found, or the reason why that may not be all: a
/// worker that could not be asked. Throws error: disabled, pending, opcache_off.
std::variant<known_links, std::string> find_switched_links(std::span<adapter::adapter* const> pools,
                                                           std::chrono::milliseconds patience,
                                                           is_finished const& finished);

}  // namespace cachetool::releases
