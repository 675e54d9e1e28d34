#include "advice/room.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

#include "advice/checks.hpp"
#include "advice/remedy.hpp"

namespace cachetool::advice {
namespace {

// Memory that scripts cannot use: the buffer of strings, and the table of keys (php-src ext/opcache/zend_accel_hash.c).
std::int64_t overhead(opcache::status const& of) {
  constexpr std::int64_t per_key = 40;
  constexpr std::int64_t most_keys = 2'000'000;
  return (of.strings ? of.strings->buffer_size : 0) +
         (of.counts ? std::clamp<std::int64_t>(of.counts->max_keys, 0, most_keys) * per_key : 0);
}

// In megabytes, like opcache.memory_consumption.
std::int64_t roomy_size(opcache::memory_usage const& memory, std::int64_t needed) {
  constexpr std::int64_t largest = std::int64_t{1} << 40;
  std::int64_t size = std::max<std::int64_t>(total(memory), std::int64_t{8} << 20);
  while (size < largest && size - memory.used < needed * 2) size *= 2;
  return std::max<std::int64_t>(size >> 20, 8);
}

// PHP rounds opcache.max_accelerated_files up to one of these (php-src ext/opcache/zend_accel_hash.c).
constexpr std::int64_t key_counts[] = {5,    11,   19,    53,    107,   223,    463,    983,    1979,
                                       3907, 7963, 16229, 32531, 65407, 130987, 262237, 524521, 1048793};

// PHP takes no larger value, and rounds this one up to the last count.
constexpr std::int64_t largest_setting = 1'000'000;

}  // namespace

bool tells_of_scripts(subject const& of) {
  return of.php.status && caches_scripts(of);
}

std::int64_t total(opcache::memory_usage const& memory) noexcept {
  return memory.used + memory.free + memory.wasted;
}

double share(std::int64_t part, std::int64_t whole) noexcept {
  return whole > 0 ? std::clamp(100.0 * static_cast<double>(part) / static_cast<double>(whole), 0.0, 100.0) : 0;
}

// Rounded down: what is not all is not 100 %.
std::string percent(double value) {
  std::array<char, 32> text{};
  double const shown = value < 1 ? static_cast<double>(static_cast<int>(value * 10)) / 10 : static_cast<int>(value);
  std::snprintf(text.data(), text.size(), value > 0 && value < 1 ? "%.1f %%" : "%.0f %%", shown);
  return text.data();
}

bool has_all_keys_used(opcache::status const& of) noexcept {
  return of.counts && of.counts->max_keys > 0 && of.counts->keys >= of.counts->max_keys;
}

std::int64_t for_all_anew(opcache::status const& of) {
  std::int64_t const scripts = std::max<std::int64_t>(of.memory->used - overhead(of), 0);
  return scripts + scripts / 10;  // new code brings its own strings
}

std::string more_memory(subject const& of, std::int64_t needed) {
  opcache::memory_usage const& memory = *of.php.status->memory;
  std::int64_t const wanted = roomy_size(memory, needed);
  if (wanted <= total(memory) >> 20) return {};
  return set_to(of, "opcache.memory_consumption", std::to_string(wanted));
}

std::string more_keys(subject const& of) {
  std::int64_t const now = of.php.status->counts->max_keys;
  auto const* const next =
      std::upper_bound(std::begin(key_counts), std::end(key_counts), std::max<std::int64_t>(now, 222));
  if (next == std::end(key_counts)) {
    return command(of, "opcache:prune") + " forgets what is dead; then " + command(of, "opcache:reset");
  }
  return set_to(of, "opcache.max_accelerated_files", std::to_string(std::min(*next, largest_setting)));
}

}  // namespace cachetool::advice
