#pragma once

/// What there is to know about APCu, and what became of a call: the types of pool's apcu_...() calls.
///
/// The pools of one php-fpm master share their keys; `php` on the command line has keys of its own. Times are Unix
/// times in seconds, also where APCu itself counts from the start of the machine. A figure that APCu does not give is
/// absent if its type allows that, and else 0. All of this is plain data: it owns its memory (but for key::name), and
/// you may hand it to another thread.
///
///     cachetool::apcu::fetched const found = www.apcu_fetch("config");
///     if (found.found && found.value.is_string()) use(found.value.as_string());
///
///     std::int64_t bytes = 0;
///     www.apcu_keys([&](cachetool::apcu::key const& each) { bytes += each.name.starts_with("user_") ? each.memory : 0;
///     });

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <cachetool/origin.hpp>
#include <cachetool/php/value.hpp>

namespace cachetool::apcu {

/// What apcu_cache_info(true) tells of the whole cache. The counts run since start_time.
struct info {
  origin from;
  std::int64_t slots = 0;     ///< of the hash table
  std::int64_t ttl = 0;       ///< apc.ttl, seconds
  std::int64_t hits = 0;      ///< times that a key was asked for and found
  std::int64_t misses = 0;    ///< times that it was not
  std::int64_t inserts = 0;   ///< values stored
  std::int64_t expunges = 0;  ///< times that APCu made room by throwing out entries
  std::int64_t entries = 0;   ///< keys now
  std::int64_t memory = 0;    ///< bytes that these take
  /// Unix time. A clear begins a new count, so this changes with it. Absent where it cannot be made a Unix time.
  std::optional<std::int64_t> start_time;
  std::string memory_type;   ///< "mmap"
  std::string locking_type;  ///< empty where APCu does not tell
};

/// What apcu_sma_info(true) tells of the shared memory: `segments` times `segment_size` bytes are there in all.
struct memory {
  origin from;
  std::int64_t segments = 0;
  std::int64_t segment_size = 0;  ///< bytes
  std::int64_t available = 0;     ///< bytes that are free, perhaps not in one piece
};

/// One key. Its `name` lives for the call that it is passed to: copy it if you keep it. Times are Unix times, absent
/// where APCu does not tell one.
struct key {
  std::int64_t hits = 0;
  std::int64_t memory = 0;               ///< bytes
  std::optional<std::int64_t> accessed;  ///< 0 for never
  std::optional<std::int64_t> created;
  std::optional<std::int64_t> modified;
  std::optional<std::int64_t> deleted;  ///< 0 for never
  std::int64_t ttl = 0;                 ///< seconds; 0 for ever
  std::int64_t references = 0;          ///< requests that use the value now
  std::string_view name;                ///< any bytes
};

/// What became of a clear. PHP's own apcu_clear_cache() always says true; these figures are how you know.
struct clear_report {
  origin from;
  std::optional<std::int64_t> entries;  ///< that there were; nothing where apcu_cache_info() is disabled
  std::int64_t left = 0;                ///< stored by other requests meanwhile
};

/// What is stored under a key. A stored null has found == true and a null value.
struct fetched {
  origin from;
  bool found = false;
  php::value value;
  /// PHP's own var_export() of a value that holds objects, because a class may show itself otherwise than it is
  /// serialized. Empty for other values, and before PHP 7.3.
  std::string exported;
};

/// What was asked about a key, or done to it.
struct key_report {
  origin from;
  bool done = false;  ///< it exists; it was stored, or deleted
};

}  // namespace cachetool::apcu
