#include "advice/figures.hpp"

#include <strings.h>

#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace cachetool::advice {
namespace {

std::int64_t number_at_start(std::string_view value) noexcept {
  std::int64_t number = 0;
  auto const [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failed == std::errc::result_out_of_range) return std::numeric_limits<std::int64_t>::max();
  return failed == std::errc() && number > 0 ? number : 0;
}

struct unit {
  char letter;
  std::int64_t size;
};

template <std::size_t Count>
std::int64_t with_unit(std::string_view value, std::array<unit, Count> const& units) noexcept {
  std::int64_t const number = number_at_start(value);
  if (value.empty()) return number;
  int const last = std::tolower(static_cast<unsigned char>(value.back()));
  for (unit const& each : units) {
    if (each.letter != last) continue;
    return number > std::numeric_limits<std::int64_t>::max() / each.size ? std::numeric_limits<std::int64_t>::max()
                                                                         : number * each.size;
  }
  return number;
}

}  // namespace

std::string shortened(std::string_view text) {
  constexpr std::size_t most = 200;
  return std::string(text.substr(0, most)) + (text.size() > most ? "..." : "");
}

std::int64_t bytes_of(std::string_view value) noexcept {
  constexpr std::array units{unit{'k', 1 << 10}, unit{'m', 1 << 20}, unit{'g', 1 << 30}};
  return with_unit(value, units);
}

std::int64_t seconds_of(std::string_view value) noexcept {
  constexpr std::array units{unit{'s', 1}, unit{'m', 60}, unit{'h', 3600}, unit{'d', 86400}};
  return with_unit(value, units);
}

bool is_on(std::string_view value) {
  std::string const text(value);
  for (char const* word : {"on", "yes", "true"}) {
    if (strcasecmp(text.c_str(), word) == 0) return true;
  }
  return number_at_start(value) > 0;
}

}  // namespace cachetool::advice
