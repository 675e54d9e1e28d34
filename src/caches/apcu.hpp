#pragma once

/// APCu operations on any adapter, typed; they print nothing. The public types are in <cachetool/apcu.hpp>. All throw
/// error: extension_missing, disabled (APCu, or one of its functions), and what adapter::run() throws.

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include <cachetool/apcu.hpp>
#include <cachetool/error.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::apcu {

/// The result of deleting many keys.
struct delete_report {
  origin from;
  std::int64_t keys = 0;  ///< deleted, or found by a dry run
};

/// What apcu_cache_info(true) and apcu_sma_info(true) returned, as the result of an answer.
info to_info(agent::answer const& answer);
memory to_memory(agent::answer const& answer);

info read_info(adapter::adapter& php);
memory read_memory(adapter::adapter& php);
origin read_keys(adapter::adapter& php, std::function<void(key const&)> const& each);

clear_report clear(adapter::adapter& php);

key_report exists(adapter::adapter& php, std::string_view key);
fetched fetch(adapter::adapter& php, std::string_view key);

/// Throws error (php_error) if APCu does not store the value, because it is full for instance.
key_report store(adapter::adapter& php, std::string_view key, php::value const& value, std::chrono::seconds ttl);

/// A missing key is not an error; `done` is false then.
key_report remove(adapter::adapter& php, std::string_view key);

/// Which keys to delete.
struct matching {
  std::string pattern;   ///< PCRE with delimiters; empty for all keys
  bool dry_run = false;  ///< find them, and delete none
};

/// Deletes keys, and passes each to `each`. Throws error (usage) if PHP cannot compile the pattern. If a connection
/// breaks, the call may be sent twice; then `each` misses what the first one deleted.
delete_report remove_matching(adapter::adapter& php, matching const& which,
                              std::function<void(std::string_view key)> const& each);

}  // namespace cachetool::apcu
