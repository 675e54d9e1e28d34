#include "report/utf8.hpp"
#include "report/value_text.hpp"
#include "report/width_table.hpp"

namespace cachetool::report {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

std::string hex(char32_t code) {
  std::string digits;
  for (; code != 0; code >>= 4U) digits.insert(digits.begin(), hex_digits[code & 0xFU]);
  return digits;
}

std::string escaped_byte(char32_t byte) {
  return {'\\', 'x', hex_digits[byte >> 4U], hex_digits[byte & 0xFU]};
}

std::string escaped(character const& what) {
  if (!what.valid) return escaped_byte(what.code);
  switch (what.code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case 0x1B:
      return "\\e";
    default:
      return what.length == 1 ? escaped_byte(what.code) : "\\u{" + hex(what.code) + "}";
  }
}

}  // namespace

std::string escape_controls(std::string_view text, std::string_view keep) {
  if (is_printable_ascii(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    character const next = first_character(text);
    bool const kept = next.length == 1 && keep.find(text.front()) != keep.npos;
    if (!kept && (!next.valid || is_control(next.code))) {
      out += escaped(next);
    } else {
      out += text.substr(0, next.length);
    }
    text.remove_prefix(next.length);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  if (is_printable_ascii(text)) return text.size();
  std::size_t width = 0;
  for (std::string_view rest = text; !rest.empty();) {
    character const next = first_character(rest);
    if (!next.valid) return text.size();
    width += code_point_width(next.code);
    rest.remove_prefix(next.length);
  }
  return width;
}

}  // namespace cachetool::report
