#pragma once

#include <cachetool/php/value.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// What PHP's arrays do to their keys.
namespace cachetool::php {

/// The integer that this text is the only decimal form of; nothing for "05", "-0", "+1", " 1", or a number beyond 64
/// bits.
std::optional<std::int64_t> canonical_integer(std::string_view text) noexcept;

/// The text as an array's key: an integer if canonical_integer() finds one.
key array_key(std::string_view text);

/// The entry whose key is array_key(text), or null. Points into `entries`. Linear.
entry const* find_key(std::span<entry const> entries, std::string_view text) noexcept;

/// True if the keys are 0, 1, 2 and so on, in this order.
bool is_list(std::span<entry const> entries) noexcept;

/// If several entries have the same key, keeps the first of them with the item of the last. O(n log n) for any keys.
void keep_last_of_equal_keys(std::vector<entry>& entries);

}  // namespace cachetool::php
