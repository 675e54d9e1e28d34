#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The program's colours, all of them: what is good is green, what wants attention yellow, what is bad red.
namespace cachetool::report {

enum class style : std::uint8_t { plain, good, attention, bad };

/// What a terminal is told to write on in that colour. CacheTool 10 has the same two for its messages.
constexpr std::string_view code(style how) noexcept {
  switch (how) {
    case style::good:
      return "\033[32m";
    case style::attention:
      return "\033[33m";
    case style::bad:
      return "\033[31m";
    case style::plain:
      break;
  }
  return "\033[39m";
}

/// The text in that colour, if `colour` says so.
inline std::string styled(std::string_view text, style how, bool colour) {
  if (!colour || how == style::plain || text.empty()) return std::string(text);
  return std::string(code(how)).append(text).append(code(style::plain));
}

}  // namespace cachetool::report
