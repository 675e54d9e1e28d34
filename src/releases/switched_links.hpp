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

#include <cachetool/origin.hpp>

#include "adapter/adapter.hpp"

/// Finds the links through which php-fpm reaches code, without being told: from what its workers remember, and from
/// what lies around the cached scripts.
namespace cachetool::releases {

/// A link behind which php-fpm may still serve an earlier target.
struct switched_link {
  std::string path;                 ///< as visitors' requests name it
  std::string leads_to;             ///< the real path of its present target
  std::string release;              ///< where the last link on the way leads: `leads_to`, or a directory above it
  std::vector<std::string> before;  ///< earlier targets, as far as they are known; at least one
};

struct known_links {
  origin from;
  std::vector<switched_link> switched;
  std::vector<switched_link> others;  ///< links that everybody knows the target of; `before` is empty
  std::int64_t workers = 0;           ///< that were asked
};

/// Asks every worker, for `patience` at most, and looks at the links around the cached scripts as the first pool sees
/// them. The pools belong to one master. Returns what it found, or why that may not be everything: a worker could not
/// be asked. Throws error: disabled, pending, opcache_off.
std::variant<known_links, std::string> find_switched_links(std::span<adapter::adapter* const> pools,
                                                           std::chrono::milliseconds patience);

}  // namespace cachetool::releases
