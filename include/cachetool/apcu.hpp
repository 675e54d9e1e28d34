#pragma once

/// What there is to know about APCu, and what became of a call: the types of pool's apcu_...() calls.
///
/// The pools of one php-fpm master share their keys; `php` on the command line has keys of its own. Times are Unix
/// times, also where APCu itself counts from the start of the machine.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <cachetool/origin.hpp>
#include <cachetool/php/value.hpp>

namespace cachetool::apcu {

/// apcu_cache_info(true).
struct info {
  origin from;
  std::int64_t slots = 0;
  std::int64_t ttl = 0;  ///< apc.ttl, seconds
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t inserts = 0;
  std::int64_t expunges = 0;
  std::int64_t entries = 0;
  std::int64_t memory = 0;                 ///< bytes
  std::optional<std::int64_t> start_time;  ///< Unix time, also where APCu counts from the start of the machine
  std::string memory_type;                 ///< "mmap"
  std::string locking_type;                ///< empty where APCu does not tell
};

/// apcu_sma_info(true).
struct memory {
  origin from;
  std::int64_t segments = 0;
  std::int64_t segment_size = 0;  ///< bytes
  std::int64_t available = 0;     ///< bytes
};

/// One key. NAME lives for the call that it is passed to. Times are Unix times; absent where APCu does not tell one.
struct key {
  std::int64_t hits = 0;
  std::int64_t memory = 0;               ///< bytes
  std::optional<std::int64_t> accessed;  ///< 0 for never
  std::optional<std::int64_t> created;
  std::optional<std::int64_t> modified;
  std::optional<std::int64_t> deleted;  ///< 0 for never
  std::int64_t ttl = 0;                 ///< seconds; 0 for ever
  std::int64_t references = 0;
  std::string_view name;
};

/// What became of a clear.
struct clear_report {
  origin from;
  std::optional<std::int64_t> entries;  ///< that there were; nothing where apcu_cache_info() is disabled
  std::int64_t left = 0;                ///< stored by other requests meanwhile
};

/// What is stored under a key.
struct fetched {
  origin from;
  bool found = false;
  php::value value;
  std::string exported;  ///< for a value that holds objects, PHP's own var_export(); empty for others
};

/// What was asked about a key, or done to it.
struct key_report {
  origin from;
  bool done = false;  ///< it exists; it was stored, or deleted
};

}  // namespace cachetool::apcu
