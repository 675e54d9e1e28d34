#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "caches/file_by_file.hpp"
#include "caches/opcache_refresh.hpp"
#include "releases/deployment.hpp"
#include "releases/finish.hpp"
#include "releases/switched_links.hpp"
#include "releases/warm.hpp"

/// Brings OPcache up to date with whatever has changed, without a restart and without being told what has changed.
namespace cachetool::releases {

struct graceful_options {
  std::chrono::milliseconds patience{std::chrono::minutes{5}};  ///< for everything, including a reset if one is needed
  bool fall_back = true;                                        ///< reset OPcache if it cannot be sure
  bool only_links = false;                ///< compile nothing beforehand, and leave alone what was changed in place
  std::optional<std::int64_t> if_wasted;  ///< also reset it if at least this percentage of its memory is wasted in the
                                          ///< end
};

/// A link that was followed to its new target.
struct followed_link {
  switched_link link;
  std::optional<warm_report> warmed;  ///< the new target; only if something of the old one was cached
  finish_report finished;
};

/// What was done. If OPcache was reset, whatever was done before has no effect any more.
struct graceful_report {
  origin from;
  std::vector<followed_link> links;
  std::vector<error> failures;                     ///< of single links: the others were followed all the same
  std::vector<opcache::refreshed_script> scripts;  ///< scripts that were changed in place, or whose files are gone
  std::int64_t workers = 0;                        ///< of all pools; each knows where the links lead
  opcache::memory_usage memory;                    ///< afterwards
  bool reset_pays = false;                         ///< at least 20 % of it is wasted
  std::vector<std::string> preloaded;              ///< changed scripts that are served until php-fpm is reloaded
  std::optional<std::string> fell_back;            ///< why OPcache was reset
  std::optional<opcache::reset_report> reset;
};

/// Returns the progress for a kind of work, which is named by a word such as "compiled".
using progress_for = std::function<opcache::progress(std::string const& word)>;

/// Follows every link that was switched since php-fpm last looked, refreshes what was changed in place, and forgets
/// what is gone; with only_links it does the first alone. If it cannot be sure that this is everything, it resets
/// OPcache instead and waits until the reset has taken place; without fall_back it throws error (timeout) then, and
/// what it has done so far stays. Also throws error: opcache_off; timeout if the reset did not take place in time;
/// pending.
graceful_report bring_up_to_date(served_by const& php, graceful_options const& options, progress_for const& tell);

}  // namespace cachetool::releases
