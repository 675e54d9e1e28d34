#pragma once

#include <cachetool/php/value.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// What PHP's arrays do to their keys.
namespace cachetool::php {

/// The integer that TEXT is the one decimal form of; nothing for "05", "-0", "+1", " 1" or what 64 bits do not hold.
std::optional<std::int64_t> canonical_integer(std::string_view text) noexcept;

/// TEXT as a key of an array: an integer where canonical_integer() knows one.
key array_key(std::string_view text);

/// The entry whose key is array_key(TEXT), or null. Linear.
entry const* find_key(std::span<entry const> entries, std::string_view text) noexcept;

/// Where several entries have one key, leaves the first of them with the item of the last. O(n log n) for any keys.
void keep_last_of_equal_keys(std::vector<entry>& entries);

}  // namespace cachetool::php
