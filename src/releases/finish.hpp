#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"
#include "caches/opcache.hpp"
#include "releases/held_scripts.hpp"
#include "releases/move_names.hpp"
#include "releases/outside.hpp"
#include "releases/site.hpp"

/// Once a link leads to another release: what php-fpm has to forget, and what it has to keep. docs/deploying.md has the
/// reasons.
namespace cachetool::releases {

struct finish_options {
  std::string current;              ///< the link, as php-fpm sees it
  std::vector<std::string> old;     ///< releases that were live before; empty: all beside the live one
  bool old_is_told = true;          ///< by the user; else the pool named them, who may name what is not its own
  std::vector<std::string> led_to;  ///< further ones, to which names below the link lead
  std::string led_to_unknown;       ///< why nobody tells of those; empty if somebody does
  std::string replaced;             ///< the release that was live until now, also an old one; empty if unknown
  std::chrono::milliseconds patience{std::chrono::minutes{5}};  ///< to reach every worker, and for a reset instead
  bool fall_back = true;                                        ///< reset OPcache if a worker cannot be reached
  std::size_t others = 0;  ///< pools of the master that do not count: in their root directory the link is another path
  opcache::pacing pace;

  /// For scripts outside of releases: true if OPcache is known to have the file as it is. Empty: nothing is known.
  std::function<bool(std::string const& path)> unchanged_outside;

  /// Scripts that are held since before the link was switched. Null: finish() holds those that have to be.
  std::shared_ptr<held_scripts> held;
};

/// What was done in one pool.
struct pool_report {
  std::string pool;
  std::int64_t workers = 0;           ///< alive at the start and still alive; 0 if unknown
  std::int64_t cleared = 0;           ///< workers that have forgotten where the link led
  std::vector<std::int64_t> missing;  ///< pids of workers that were not reached
};

struct finish_report {
  origin from;
  std::string live;  ///< the release that is served
  std::vector<pool_report> pools;
  std::vector<release> old;             ///< each with the number of scripts that are left of it
  std::vector<std::string> left_alone;  ///< releases with cached scripts that another link leads to
  std::vector<moved_name> names;
  outside_report outside;                      ///< scripts of the site outside of any release
  std::vector<std::string> preloaded;          ///< scripts of old releases, served until php-fpm is reloaded
  std::vector<std::string> still_used;         ///< scripts of old releases that were asked for after all was done
  std::string led_to_unknown;                  ///< why nobody told of releases elsewhere; empty if somebody did
  std::optional<std::string> fell_back;        ///< why OPcache was reset instead
  std::optional<opcache::reset_report> reset;  ///< if it was
};

/// Resets OPcache instead of moving names, for a reason known beforehand. The link was switched, and nothing else that
/// finish() does is of use. Throws error (timeout) if the reset is not confirmed in time.
finish_report reset_instead(std::span<adapter::adapter* const> pools, finish_options const& options, std::string why);

/// To be called after the link was switched, with pools that all belong to one master. Has every worker forget where
/// the link led. Then moves the names below the link to the live release, and refreshes scripts of the site that are in
/// no release. OPcache keeps everything else of the old releases, for requests that still run. If a worker cannot be
/// reached in time, if `unreachable` names a pool, if nobody can tell which workers a pool has, or if names cannot be
/// moved, it resets OPcache instead, or throws error (timeout) if fall_back is false. A worker that cannot see the link
/// cannot serve it, so it does not count. Also throws error: not_found if the link leads nowhere, usage if `current` is
/// not a link but the release itself.
finish_report finish(std::span<adapter::adapter* const> pools, std::vector<std::string> const& unreachable,
                     finish_options const& options, opcache::progress const& tell = {});

}  // namespace cachetool::releases
