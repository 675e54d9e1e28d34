#include "report/json_parts.hpp"

#include <string_view>

namespace cachetool::report {

std::string unicode_escape(char32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {
      '\\', 'u', digits[unit >> 12U & 0xFU], digits[unit >> 8U & 0xFU], digits[unit >> 4U & 0xFU], digits[unit & 0xFU]};
}

}  // namespace cachetool::report
