#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>

/// Reads a text from its beginning, and takes away what was read.
namespace cachetool::base {

/// Takes what stands before the first `end`, and the `end` itself. Takes the whole text if it has none.
inline std::string_view take_until(std::string_view& text, char end) noexcept {
  std::string_view const part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

/// Takes a decimal number and the space behind it. False if there is none, or if it does not fit; nothing is taken
/// then.
template <typename Number>
[[nodiscard]] bool take_number(std::string_view& text, Number& into) noexcept {
  char const* const end = text.data() + text.size();
  auto const [stop, failed] = std::from_chars(text.data(), end, into);
  if (failed != std::errc() || stop == end || *stop != ' ') return false;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return true;
}

}  // namespace cachetool::base
