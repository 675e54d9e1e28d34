#include "report/json_parts.hpp"

#include <string_view>

namespace cachetool::report {

std::string unicode_escape(char32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {
      '\\', 'u', digits[unit >> 12U & 0xFU], digits[unit >> 8U & 0xFU], digits[unit >> 4U & 0xFU], digits[unit & 0xFU]};
}

std::string base64_group(std::string_view three) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  unsigned bits = 0;
  for (std::size_t i = 0; i < 3; ++i)
    bits = bits << 8U | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0U);
  std::string group(4, '=');
  for (std::size_t i = 0; i <= three.size(); ++i) group[i] = alphabet[bits >> (18 - 6 * i) & 0x3FU];
  return group;
}

}  // namespace cachetool::report
