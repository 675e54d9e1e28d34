#include <array>
#include <chrono>
#include <cmath>

#include "php/float_text.hpp"
#include "report/value_text.hpp"

namespace cachetool::report {
namespace {

// PHP's round($n, 2) before 8.4: rounds to the 15 digits that a double certainly holds, then to two decimals, so that
// 1.00499999999999989 counts as 1.005. php-src 8.2 ext/standard/math.c, _php_math_round().
double round_to_cents(double n) {
  double const cents = 100;
  int const decimals = 14 - static_cast<int>(std::floor(std::log10(n)));
  if (decimals <= 2) return n;
  double const sure = std::round(n * std::pow(10.0, decimals));
  return std::round(sure / std::pow(10.0, decimals - 2)) / cents;
}

std::string padded(std::int64_t number, std::size_t width) {
  std::string const digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

std::string bytes(double count) {
  constexpr std::array units{" b", " KiB", " MiB", " GiB", " TiB"};
  if (!(count > 0)) return "0 b";
  std::size_t unit = 0;
  for (; count >= 1024 && unit + 1 < units.size(); ++unit) count /= 1024;
  return php_float(std::isfinite(count) ? round_to_cents(count) : count) + units[unit];
}

std::string date(std::int64_t unix_time) {
  using namespace std::chrono;
  constexpr std::array day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::int64_t year_0 = -62'167'219'200;
  constexpr std::int64_t year_10000 = 253'402'300'800;
  if (unix_time < year_0 || unix_time >= year_10000) return std::to_string(unix_time);

  sys_seconds const time{seconds(unix_time)};
  sys_days const midnight = floor<days>(time);
  year_month_day const day(midnight);
  hh_mm_ss const clock(time - midnight);
  std::string out = day_names[weekday(midnight).c_encoding()];
  out += ", " + padded(unsigned{day.day()}, 2);
  out.append(" ").append(month_names[unsigned{day.month()} - 1]);
  out += " " + padded(int{day.year()}, 4);
  out += " " + padded(clock.hours().count(), 2);
  out += ":" + padded(clock.minutes().count(), 2);
  out += ":" + padded(clock.seconds().count(), 2);
  return out + " +0000";
}

std::string yes_no(bool b) {
  return b ? "Yes" : "No";
}

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  std::size_t const sign = number < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > sign + 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string php_float(double number) {
  return php::float_text(number, 14);
}

std::string php_float_exact(double number) {
  return php::float_text(number);
}

std::string php_string(php::value const& what) {
  using type = php::value::type;
  switch (what.kind()) {
    case type::null:
      return "";
    case type::boolean:
      return what.as_bool() ? "1" : "";
    case type::integer:
      return std::to_string(what.as_int());
    case type::floating:
      return php_float(what.as_double());
    case type::string:
      return std::string(what.as_string());
    case type::array:
      return "Array";
    case type::object:
    case type::custom_object:
    case type::enum_case:
      return "Object";
    case type::recursion:
      return "*RECURSION*";
  }
  return "";
}

}  // namespace cachetool::report
