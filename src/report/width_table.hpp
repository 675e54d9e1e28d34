#pragma once

#include <cstddef>

namespace cachetool::report {

/// The columns that one character takes: 2 for wide ones (CJK, emoji), 0 for those that join the one before (accents,
/// joiners, variation selectors), else 1.
std::size_t code_point_width(char32_t code) noexcept;

}  // namespace cachetool::report
