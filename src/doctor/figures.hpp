#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/mebibytes.hpp"

/// Figures and texts as the findings have them.
namespace cachetool::doctor {

using base::mebibytes;

/// "1 script", "2 scripts"
std::string counted(std::int64_t number, std::string_view what);

/// The first 200 bytes, for a text of somebody else's that may be of any length.
std::string shortened(std::string_view text);

/// How PHP reads a number with a unit: 4096K. 0 for what is none, the largest there is for what does not fit.
std::int64_t bytes_of(std::string_view value) noexcept;

/// How php-fpm reads a time, in seconds: 10, 10s, 2m, 1h, 1d. 0 for what is none.
std::int64_t seconds_of(std::string_view value) noexcept;

/// How PHP reads a switch: on, yes, true and numbers but 0.
bool is_on(std::string_view value);

}  // namespace cachetool::doctor
