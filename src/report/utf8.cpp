#include "report/utf8.hpp"

#include <algorithm>

#include "report/value_text.hpp"

namespace cachetool::report {
namespace {

// The length in bytes of a sequence that starts with this byte, and the smallest code point that needs so many.
struct lead {
  std::size_t length;
  char32_t bits;
  char32_t least;
};

constexpr lead read_lead(unsigned char byte) noexcept {
  if (byte < 0x80) return {1, byte, 0};
  if ((byte & 0xE0U) == 0xC0) return {2, byte & 0x1FU, 0x80};
  if ((byte & 0xF0U) == 0xE0) return {3, byte & 0x0FU, 0x800};
  if ((byte & 0xF8U) == 0xF0) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

}  // namespace

character first_character(std::string_view text) noexcept {
  auto const byte_at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  character const invalid{byte_at(0), 1, false};
  lead const start = read_lead(byte_at(0));
  if (start.length == 0 || start.length > text.size()) return invalid;
  char32_t code = start.bits;
  for (std::size_t i = 1; i < start.length; ++i) {
    if ((byte_at(i) & 0xC0U) != 0x80) return invalid;
    code = (code << 6U) | (byte_at(i) & 0x3FU);
  }
  bool const surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < start.least || surrogate || code > 0x10FFFF) return invalid;
  return {code, start.length, true};
}

bool is_utf8(std::string_view text) noexcept {
  if (is_printable_ascii(text)) return true;
  while (!text.empty()) {
    character const next = first_character(text);
    if (!next.valid) return false;
    text.remove_prefix(next.length);
  }
  return true;
}

bool is_printable_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace cachetool::report
