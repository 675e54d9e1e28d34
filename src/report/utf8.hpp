#pragma once

#include <cstddef>
#include <string_view>

namespace cachetool::report {

struct character {
  char32_t code;       ///< for a byte that is not UTF-8: the byte
  std::size_t length;  ///< bytes; 1 for a byte that is not UTF-8
  bool valid;
};

/// The first character of a text that is not empty. Strict, as RFC 3629: no overlong forms, surrogates, or code points
/// past U+10FFFF.
character first_character(std::string_view text) noexcept;

/// True if each byte is a character of one column that needs no escape. Most text is like that, and need not be
/// decoded.
bool is_printable_ascii(std::string_view text) noexcept;

/// True for characters that must not reach a terminal: C0, DEL, C1, and the controls that change the direction of text.
constexpr bool is_control(char32_t code) noexcept {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace cachetool::report
