#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cachetool::caches {

/// Takes streamed rows "NUMBER LENGTH PATH", as many as a list may have, and hands each to EACH. What it returns throws
/// as take_row() and row_counter do.
std::function<void(std::string_view)> numbered_rows(std::function<void(std::string path, std::int64_t number)> each);

}  // namespace cachetool::caches
