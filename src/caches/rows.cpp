#include "caches/rows.hpp"

#include <algorithm>
#include <string>

#include <cachetool/error.hpp>

#include "base/take.hpp"
#include "caches/figures.hpp"

namespace cachetool::caches {
namespace {

error unreadable() {
  return error(error_kind::protocol, "the list that PHP sent cannot be read").during(phase::answer);
}

std::int64_t take_bounded(std::string_view& rows) {
  std::int64_t number = 0;
  if (!base::take_number(rows, number)) throw unreadable();
  return std::clamp(number, -most_counted, most_counted);
}

}  // namespace

std::string_view take_row(std::string_view& rows, std::span<std::int64_t> numbers) {
  for (std::int64_t& number : numbers) number = take_bounded(rows);
  std::int64_t const length = take_bounded(rows);
  if (length < 0 || static_cast<std::uint64_t>(length) >= rows.size()) throw unreadable();
  auto const size = static_cast<std::size_t>(length);
  if (rows[size] != '\n') throw unreadable();
  std::string_view const text = rows.substr(0, size);
  rows.remove_prefix(size + 1);
  return text;
}

void row_counter::count(std::string_view kept) {
  text_ += kept.size();
  if (++rows_ > most_scripts) {
    throw error(error_kind::protocol,
                "PHP sent more than " + std::to_string(most_scripts) + " rows, which no cache holds");
  }
  if (text_ <= most_text) return;
  throw error(error_kind::protocol,
              "PHP sent more than " + std::to_string(most_text >> 20) + " MiB of names, too many to be held at once")
      .advise("opcache:status:scripts with --format=csv or --format=json shows them as they come");
}

}  // namespace cachetool::caches
