#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cachetool::caches {

/// Returns a function that takes streamed rows "number length path", as many as a list may have, and passes each row to
/// `each`. The function throws what take_row() and row_counter throw.
std::function<void(std::string_view)> numbered_rows(std::function<void(std::string path, std::int64_t number)> each);

}  // namespace cachetool::caches
