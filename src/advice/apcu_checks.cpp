#include <algorithm>

#include "advice/checks.hpp"
#include "advice/figures.hpp"
#include "advice/remedy.hpp"
#include "advice/room.hpp"

namespace cachetool::advice {
namespace {

// Sums of what anybody may answer are made where they cannot overflow.
std::int64_t size_of(apcu::memory const& memory) {
  constexpr double largest = 1LL << 50;
  double const size = static_cast<double>(memory.segments) * static_cast<double>(memory.segment_size);
  return static_cast<std::int64_t>(std::clamp(size, 0.0, largest));
}

std::string more_apcu(subject const& of, std::int64_t size) {
  return set_to(of, "apc.shm_size", std::to_string(std::max<std::int64_t>(size >> 19, 2)) + "M");
}

}  // namespace

std::optional<verdict> check_apcu_memory(subject const& of) {
  constexpr double nearly_full = 95;
  if (!of.php.apcu || !of.php.apcu_memory) return std::nullopt;
  std::int64_t const size = size_of(*of.php.apcu_memory);
  if (size == 0) return std::nullopt;
  std::int64_t const used = size - std::clamp<std::int64_t>(of.php.apcu_memory->available, 0, size);
  std::int64_t const expunges = of.since ? of.since->expunges : of.php.apcu->expunges;
  std::string const figures =
      mebibytes(used) + " of APCu's " + mebibytes(size) + " used, by " + counted(of.php.apcu->entries, "key");
  if (expunges > 0) {
    return verdict{level::warning,
                   figures + ": APCu threw out entries for want of room " + counted(expunges, "time") +
                       (of.since ? " since the last look" : " since it was cleared"),
                   more_apcu(of, size)};
  }
  if (share(used, size) < nearly_full) return verdict{level::ok, figures};
  return verdict{level::note, figures + ": APCu will soon throw out entries", more_apcu(of, size)};
}

}  // namespace cachetool::advice
