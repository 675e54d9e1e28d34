#include "php/array_keys.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <tuple>

namespace cachetool::php {
namespace {

// The keys of a list, and of every array that was filled in order: no two can be equal.
bool is_ascending(std::span<entry const> entries) noexcept {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto const* now = std::get_if<std::int64_t>(&entries[i].key);
    if (now == nullptr || (i > 0 && *now <= *std::get_if<std::int64_t>(&entries[i - 1].key))) return false;
  }
  return true;
}

struct place {
  std::size_t hash;
  std::size_t index;
};

// Places sorted so that equal keys are neighbours, in their original order. Sorted, because a hash table would take
// quadratic time for keys that were chosen to collide.
std::vector<place> places_by_key(std::span<entry const> entries) {
  std::vector<place> places;
  places.reserve(entries.size());
  for (entry const& each : entries) places.push_back({std::hash<key>{}(each.key), places.size()});
  std::sort(places.begin(), places.end(), [entries](place const& a, place const& b) {
    return std::tie(a.hash, entries[a.index].key, a.index) < std::tie(b.hash, entries[b.index].key, b.index);
  });
  return places;
}

}  // namespace

std::optional<std::int64_t> canonical_integer(std::string_view text) noexcept {
  std::string_view const digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits.front() > '9') return std::nullopt;  // a name, like nearly every key
  if (digits.starts_with('0') && text != "0") return std::nullopt;
  std::int64_t number = 0;
  auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

key array_key(std::string_view text) {
  if (auto const number = canonical_integer(text)) return *number;
  return std::string(text);
}

entry const* find_key(std::span<entry const> entries, std::string_view text) noexcept {
  auto const number = canonical_integer(text);
  for (entry const& each : entries) {
    auto const* name = std::get_if<std::string>(&each.key);
    bool const same = name != nullptr ? *name == text : number == *std::get_if<std::int64_t>(&each.key);
    if (same) return &each;
  }
  return nullptr;
}

bool is_list(std::span<entry const> entries) noexcept {
  std::int64_t next = 0;
  for (entry const& each : entries) {
    if (each.key != key(next++)) return false;
  }
  return true;
}

void keep_last_of_equal_keys(std::vector<entry>& entries) {
  if (is_ascending(entries)) return;
  auto const places = places_by_key(entries);
  std::vector<bool> dropped(entries.size());
  bool any = false;
  for (std::size_t first = 0, next = 1; next < places.size(); ++next) {
    std::size_t const kept = places[first].index;
    std::size_t const later = places[next].index;
    if (places[first].hash != places[next].hash || entries[kept].key != entries[later].key) {
      first = next;
      continue;
    }
    entries[kept].item = std::move(entries[later].item);
    dropped[later] = any = true;
  }
  if (!any) return;
  std::size_t index = 0;
  std::erase_if(entries, [&](entry const&) { return dropped[index++]; });
}

}  // namespace cachetool::php
