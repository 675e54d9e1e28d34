#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "advice/facts.hpp"
#include "advice/finding.hpp"
#include "releases/switched_links.hpp"

/// Why old code is still served: what php-fpm remembers of links, and what it has cached of files that changed.
namespace cachetool::doctor {

using advice::finding;
using advice::level;
using advice::subject;
using advice::verdict;

/// What was seen of a site, or of all sites.
struct old_code {
  std::string site;                               ///< what was asked about; empty: whatever there is
  std::vector<releases::switched_link> switched;  ///< links that led elsewhere
  std::int64_t workers = 0;                       ///< that were asked
  std::optional<std::string> why_not_all;         ///< why some were not
  std::int64_t scripts = 0;                       ///< of the site, that are cached
  std::vector<std::string> changed;               ///< those whose files have changed, or may have
  std::vector<std::string> gone;                  ///< those without a file
  std::vector<std::string> hidden;                ///< those whose files the pool may not see
  bool missing = false;                           ///< php-fpm sees nothing at the site
  bool has_cache = true;                          ///< scripts are cached in memory
};

/// Asks every worker of these pools of one master where links lead, and OPcache where names lead. If a site is named,
/// only what belongs to it counts, and its cached scripts are compared with their files. Changes nothing that is
/// served. Throws error.
old_code look_for_old_code(std::span<adapter::adapter* const> pools, std::string const& site,
                           std::chrono::milliseconds patience);

/// The same where no scripts are cached in memory: what workers remember of links on the way to the site, or below it.
old_code look_without_cache(std::span<adapter::adapter* const> pools, std::string const& site,
                            std::chrono::milliseconds patience);

/// One finding for each link that was switched, and one for each kind of files that are not as they were. If a site was
/// named, and all of it was seen, and there is nothing to find, one that says so.
std::vector<finding> check_old_code(old_code const& seen, subject const& of);

}  // namespace cachetool::doctor
