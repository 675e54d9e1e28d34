#include "php/scanner.hpp"

#include <algorithm>
#include <limits>

#include "base/floating.hpp"
#include "php/array_keys.hpp"

namespace cachetool::php {
namespace {

constexpr std::string_view decimal = "0123456789";

// Removes the digits at the beginning, and returns how many there were.
std::size_t skip_digits(std::string_view& text) noexcept {
  std::size_t const count = std::min(text.find_first_not_of(decimal), text.size());
  text.remove_prefix(count);
  return count;
}

// -?(0|[1-9][0-9]*)([.][0-9]+)?(E[+-][0-9]+)?
bool is_float(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  bool const zero_first = text.starts_with('0');
  std::size_t const whole = skip_digits(text);
  if (whole == 0 || (zero_first && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (skip_digits(text) == 0) return false;
  }
  if (text.starts_with("E+") || text.starts_with("E-")) {
    text.remove_prefix(2);
    if (skip_digits(text) == 0) return false;
  }
  return text.empty();
}

std::optional<double> named_float(std::string_view text) noexcept {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "INF") return infinity;
  if (text == "-INF") return -infinity;
  if (text == "NAN") return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

}  // namespace

bool scanner::fail(std::size_t offset, std::string_view reason) {
  error_ = {offset, reason};
  return false;
}

bool scanner::take(std::string_view punctuation) {
  std::string_view const rest = input_.substr(at_);
  if (!rest.starts_with(punctuation)) {
    return fail(at_, rest.size() < punctuation.size() ? "input ends early" : "punctuation is missing");
  }
  at_ += punctuation.size();
  return true;
}

std::string_view scanner::token(std::string_view alphabet) const noexcept {
  std::string_view const rest = input_.substr(at_);
  return rest.substr(0, rest.find_first_not_of(alphabet));
}

std::optional<std::int64_t> scanner::integer() {
  std::string_view const text = token("-0123456789");
  auto const number = canonical_integer(text);
  if (!number) {
    std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    bool const canonical = digits.size() > 1 && digits[0] != '0' && skip_digits(digits) > 0 && digits.empty();
    fail(at_, canonical ? "integer is out of range" : "integer is malformed");
    return std::nullopt;
  }
  at_ += text.size();
  return number;
}

std::optional<std::size_t> scanner::length() {
  std::size_t const start = at_;
  auto const number = integer();
  if (number && *number >= 0) return static_cast<std::size_t>(*number);
  if (number) fail(start, "length is negative");
  return std::nullopt;
}

std::optional<double> scanner::floating() {
  std::string_view const text = token("-+.0123456789EINFA");
  std::optional<double> number = named_float(text);
  if (!number) {
    double read = 0;
    bool const well_formed = is_float(text);
    bool const in_range = well_formed && base::read_double(text, read);
    if (!in_range) {
      fail(at_, well_formed ? "float is out of range" : "float is malformed");
      return std::nullopt;
    }
    number = read;
  }
  at_ += text.size();
  return number;
}

std::optional<std::string_view> scanner::bytes(std::size_t count) {
  if (count > input_.size() - at_) {
    fail(at_, "string is shorter than its length");
    return std::nullopt;
  }
  std::string_view const text = input_.substr(at_, count);
  at_ += count;
  return text;
}

std::optional<std::string_view> scanner::counted_string() {
  auto const count = length();
  if (!count || !take(":\"")) return std::nullopt;
  auto const text = bytes(*count);
  if (!text || !take("\"")) return std::nullopt;
  return text;
}

}  // namespace cachetool::php
