#pragma once

#include <string_view>

namespace cachetool::base {

/// Reads the whole text as a decimal floating point number with a point, whatever the locale. False if it is none, or
/// if it is out of range.
[[nodiscard]] bool read_double(std::string_view text, double& into) noexcept;

}  // namespace cachetool::base
