#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/mebibytes.hpp"
#include "base/text.hpp"

/// Numbers and texts in the findings.
namespace cachetool::advice {

using base::counted;
using base::mebibytes;

/// The first 200 bytes of somebody else's text, which may have any length.
std::string shortened(std::string_view text);

/// Reads a number with a unit as PHP does: 4096K. 0 if it is not a number; the largest possible one if it does not fit.
std::int64_t bytes_of(std::string_view value) noexcept;

/// Reads a time as php-fpm does, in seconds: 10, 10s, 2m, 1h, 1d. 0 if it is not a time.
std::int64_t seconds_of(std::string_view value) noexcept;

/// Reads a switch as PHP does: on, yes, true, and every number except 0.
bool is_on(std::string_view value);

}  // namespace cachetool::advice
