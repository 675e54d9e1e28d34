#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cachetool::cli {

/// Returns those of `names` that `word` may be a misspelling of, the nearest first: few letters differ, or one begins
/// with the other.
std::vector<std::string_view> nearest(std::string_view word, std::vector<std::string_view> const& names);

/// "did you mean opcache:reset or opcache:status?"; empty for an empty list.
std::string did_you_mean(std::vector<std::string_view> const& names);

}  // namespace cachetool::cli
