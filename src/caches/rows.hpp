#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cachetool::caches {

/// Reads one streamed row, "NUMBER NUMBER ... LENGTH TEXT\n", and moves ROWS behind it. Returns the text, which lives
/// as long as the rows do. Throws error (protocol) if that is not how it looks.
std::string_view take_row(std::string_view& rows, std::span<std::int64_t> numbers);

}  // namespace cachetool::caches
