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

/// Bringing OPcache up to date with whatever has changed, without a restart and without being told what it was.
namespace cachetool::releases {

struct graceful_options {
  std::chrono::milliseconds patience{std::chrono::minutes{5}};  ///< for all of it, with the reset that may be needed
  bool fall_back = true;                                        ///< reset OPcache where it cannot be sure
  std::optional<std::int64_t> if_wasted;  ///< reset it also if so many per cent of its memory are wasted by then
};

/// A link that was followed to where it leads now.
struct followed_link {
  switched_link link;
  std::optional<warm_report> warmed;  ///< of what it leads to, if anything was cached of what it led to before
  finish_report finished;
};

/// What was done. Where OPcache was reset, what was done before that is of no use any more.
struct graceful_report {
  origin from;
  std::vector<followed_link> links;
  std::vector<opcache::refreshed_script> scripts;  ///< that were changed in place, or are gone
  std::int64_t workers = 0;                        ///< of all pools: each knows where the links lead
  opcache::memory_usage memory;                    ///< afterwards
  bool reset_pays = false;                         ///< more of it is wasted than opcache.max_wasted_percentage
  std::vector<std::string> preloaded;    ///< scripts that have changed, and are served until php-fpm is reloaded
  std::optional<std::string> fell_back;  ///< why OPcache was reset
  std::optional<opcache::reset_report> reset;
};

/// How it tells what it does: the progress of a work that is called WORD, "compiled".
using progress_for = std::function<opcache::progress(std::string const& word)>;

/// Follows every link that was switched since php-fpm looked last, refreshes what was changed in place, forgets what is
/// gone. Where it cannot be sure that this is all, it resets OPcache instead, and waits until that has taken place; or,
/// without fall_back, throws error (timeout), and has done nothing. Throws error also: opcache_off; timeout if the
/// reset did not take place in time; pending.
graceful_report bring_up_to_date(served_by const& php, graceful_options const& options, progress_for const& tell);

}  // namespace cachetool::releases
