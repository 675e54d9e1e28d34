#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cachetool::report {

/// Returns lines of `width` columns at most, broken at spaces. A longer word gets a line of its own. At least one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace cachetool::report
