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

/// A release goes live: what php-fpm has to forget, and what it must not, once a symlink leads to another directory.
/// docs/deploying.md has the reasons.
namespace cachetool::releases {

struct finish_options {
  std::string current;           ///< the link, as php-fpm sees it
  std::vector<std::string> old;  ///< releases that were live before; empty: all that are beside the live one
  std::string replaced;          ///< the one that was live until now, also an old one; empty if that is not known
  std::chrono::milliseconds patience{std::chrono::minutes{5}};  ///< to reach every worker, and for a reset instead
  bool fall_back = true;                                        ///< reset OPcache if a worker cannot be reached
  opcache::pacing pace;

  /// Of scripts outside of releases: true if OPcache is known to have the file as it is. Empty: nothing is known.
  std::function<bool(std::string const& path)> unchanged_outside;

  /// Scripts that are held already, since before the link was switched; without it those are that have to be.
  std::shared_ptr<held_scripts> held;
};

/// How far one pool came.
struct pool_report {
  std::string pool;
  std::int64_t workers = 0;           ///< alive at the start, without those that ended meanwhile; 0 if nobody tells
  std::int64_t cleared = 0;           ///< that have forgotten where CURRENT led
  std::vector<std::int64_t> missing;  ///< pids
};

struct finish_report {
  origin from;
  std::string live;  ///< the release that is served
  std::vector<pool_report> pools;
  std::vector<release> old;             ///< with what is left of each
  std::vector<std::string> left_alone;  ///< releases that OPcache knows, and to which another link leads
  std::vector<moved_name> names;
  outside_report outside;               ///< scripts of the site that are in no release
  std::vector<std::string> preloaded;   ///< scripts of old releases, which are served until php-fpm is reloaded
  std::vector<std::string> still_used;  ///< scripts of old releases that requests ask for which began when all was done
  std::optional<std::string> fell_back;        ///< why OPcache was reset instead
  std::optional<opcache::reset_report> reset;  ///< if it was
};

/// Resets OPcache instead of leading names elsewhere, for a reason that is known before: the link was switched, and
/// nothing else of finish() is of use. Throws error (timeout) if the reset is not confirmed in time.
finish_report reset_instead(std::span<adapter::adapter* const> pools, finish_options const& options, std::string why);

/// After CURRENT was switched: has every worker of POOLS, which are all pools of one master, forget where it led, and
/// then has the names below it lead to the live release, and brings scripts of the site that are in no release up to
/// date. What else OPcache has of the old ones stays, for requests that still run. Where a worker cannot be reached in
/// time, or UNREACHABLE says that a pool cannot, or nobody tells which workers a pool has, nothing of that is done:
/// OPcache is reset instead, or without fall_back error (timeout) thrown. A worker that cannot see CURRENT cannot serve
/// it either, and is no hindrance. Also throws error: not_found if CURRENT leads nowhere, usage if it is no link but
/// the release itself.
finish_report finish(std::span<adapter::adapter* const> pools, std::vector<std::string> const& unreachable,
                     finish_options const& options, opcache::progress const& tell = {});

}  // namespace cachetool::releases
