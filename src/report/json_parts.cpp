#include "report/json_parts.hpp"

#include <cstdint>
#include <string_view>

namespace cachetool::report {

bool is_list(std::span<php::entry const> entries) noexcept {
  std::int64_t next = 0;
  for (php::entry const& each : entries) {
    if (each.key != php::key(next++)) return false;
  }
  return true;
}

std::string unicode_escape(char32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {
      '\\', 'u', digits[unit >> 12U & 0xFU], digits[unit >> 8U & 0xFU], digits[unit >> 4U & 0xFU], digits[unit & 0xFU]};
}

}  // namespace cachetool::report
