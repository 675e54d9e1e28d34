#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advice/facts.hpp"

/// What a check remembers for the next one. Plain data and pure functions.
namespace cachetool::monitor {

/// What is counted at one moment. All of it is whole numbers: Unix times, seconds, bytes, counts.
struct look {
  std::int64_t time = 0;       ///< Unix time
  std::int64_t uptime = 0;     ///< seconds since this machine was started, which no clock that is set changes
  std::int64_t start = 0;      ///< when php-fpm made the cache, or was started
  std::int64_t restarted = 0;  ///< when OPcache was last restarted
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t oom_restarts = 0;
  std::int64_t hash_restarts = 0;
  std::int64_t manual_restarts = 0;
  std::int64_t used = 0;    ///< bytes of OPcache's memory
  std::int64_t wasted = 0;  ///< bytes of it
  std::int64_t keys = 0;
  std::int64_t pending_since = -1;  ///< uptime at which a restart was first seen to be pending; -1: none is
  std::int64_t limit_reached = 0;   ///< of the pool, as in fpm::pool_status
  std::int64_t slow_requests = 0;
};

/// One point of the history.
struct point {
  std::int64_t time = 0;
  std::int64_t used = 0;
  std::int64_t wasted = 0;
  std::int64_t keys = 0;
  std::optional<double> hit_rate;  ///< per cent, since the point before; nothing if nobody asked for a script
  std::int64_t resets = 0;         ///< that somebody asked for, since the point before
  std::int64_t life = 0;           ///< when this cache began: points with another one are of a cache that is gone
};

/// What is known of one php-fpm, or one pool.
struct record {
  std::string endpoint;
  look last;
  std::vector<point> history;  ///< the oldest first; most_points at most
};

constexpr std::size_t most_points = 2000;

/// Reads what text_of() wrote. Nothing if it is anything else.
std::optional<record> read_record(std::string_view json);
std::string text_of(record const& what);

/// What was counted between two looks at the same php-fpm. Nothing if php-fpm was started in between: then everything
/// that it counts is new. Nothing if it does not tell when it was started.
std::optional<advice::growth> growth_between(look const& before, look const& now);

/// Adds a look, and takes it for the last one. Where there are too many points, it leaves out every second of the older
/// half.
void add(record& to, look const& now, std::optional<advice::growth> const& since);

/// How many seconds it takes until `free` bytes are used, if use and waste grow as they did in the last six hours.
/// Nothing if that is unknown (an hour must have been seen of this cache), or if they do not grow.
std::optional<std::int64_t> time_until_full(record const& of, std::int64_t free);

/// Resets in the 24 hours before the last look.
std::int64_t resets_in_a_day(record const& of);

}  // namespace cachetool::monitor
