#pragma once

/// APCu operations on any adapter, typed: no printing here. The public types are in <cachetool/apcu.hpp>. All throw
/// error: extension_missing, disabled (one of APCu's functions, or APCu itself), and what adapter::run() throws.

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include <cachetool/apcu.hpp>
#include <cachetool/error.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::apcu {

/// What became of deleting many keys.
struct delete_report {
  origin from;
  std::int64_t keys = 0;  ///< deleted, or found by a rehearsal
};

info read_info(adapter::adapter& php);
memory read_memory(adapter::adapter& php);
origin read_keys(adapter::adapter& php, std::function<void(key const&)> const& each);

clear_report clear(adapter::adapter& php);

key_report exists(adapter::adapter& php, std::string_view key);
fetched fetch(adapter::adapter& php, std::string_view key);

/// Throws error (php_error) if APCu does not store it: it is full, for instance.
key_report store(adapter::adapter& php, std::string_view key, php::value const& value, std::chrono::seconds ttl);

/// A key that is not there is no error: done is false then.
key_report remove(adapter::adapter& php, std::string_view key);

/// Which keys to delete.
struct matching {
  std::string pattern;   ///< PCRE with delimiters; empty for all keys
  bool dry_run = false;  ///< find them, and delete none
};

/// Deletes keys, and passes each to EACH. Throws error (usage) if PHP cannot compile the pattern. It may be sent twice
/// when a connection breaks; then EACH misses what the first one deleted.
delete_report remove_matching(adapter::adapter& php, matching const& which,
                              std::function<void(std::string_view key)> const& each);

}  // namespace cachetool::apcu
