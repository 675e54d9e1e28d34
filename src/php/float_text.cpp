#include "php/float_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace cachetool::php {
namespace {

// The number of digits at which PHP changes to exponents if the precision is -1: php-src main/snprintf.c,
// smart_str_append_double().
constexpr int shortest_precision = 17;

// The layout of php-src main/snprintf.c, php_gcvt(). `scientific` is a finite number from to_chars(), "-1.25e-07".
std::string layout(std::string_view scientific, int precision) {
  std::string out;
  if (scientific.starts_with('-')) {
    out += '-';
    scientific.remove_prefix(1);
  }
  std::size_t const e = scientific.find('e');
  std::size_t const sign = scientific[e + 1] == '+' ? 1 : 0;  // from_chars() knows no plus
  int exponent = 0;
  std::from_chars(scientific.data() + e + 1 + sign, scientific.data() + scientific.size(), exponent);
  std::string digits{scientific[0]};
  if (e > 2) digits += scientific.substr(2, e - 2);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.empty()) return out + '0';

  if (exponent < -4 || exponent >= precision) {
    std::string_view const fraction = digits.size() > 1 ? std::string_view(digits).substr(1) : "0";
    out.append(1, digits[0]).append(1, '.').append(fraction);
    return out.append(exponent < 0 ? "E-" : "E+").append(std::to_string(std::abs(exponent)));
  }
  if (exponent < 0) return out.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(digits);
  auto const whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return out.append(digits).append(whole - digits.size(), '0');
  return out.append(digits, 0, whole).append(1, '.').append(digits, whole);
}

std::string not_finite(double number) {
  if (std::isnan(number)) return "NAN";
  return number < 0 ? "-INF" : "INF";
}

}  // namespace

std::string float_text(double number) {
  if (!std::isfinite(number)) return not_finite(number);
  std::array<char, 64> text;
  auto const written = std::to_chars(text.begin(), text.end(), number, std::chars_format::scientific);
  return layout({text.data(), written.ptr}, shortest_precision);
}

std::string float_text(double number, int significant) {
  if (!std::isfinite(number)) return not_finite(number);
  std::array<char, 64> text;
  auto const written = std::to_chars(text.begin(), text.end(), number, std::chars_format::scientific, significant - 1);
  return layout({text.data(), written.ptr}, significant);
}

}  // namespace cachetool::php
