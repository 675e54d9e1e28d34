#include "cli/line/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace cachetool::cli {
namespace {

constexpr std::size_t most_shown = 6;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t const replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string_view> nearest(std::string_view word, std::vector<std::string_view> const& names) {
  struct scored {
    std::size_t distance;
    std::string_view name;
  };
  std::vector<scored> near;
  if (word.empty() || word.size() > 64) return {};
  for (std::string_view const name : names) {
    std::size_t const distance = edit_distance(word, name);
    if (distance <= 1 + word.size() / 4 || name.starts_with(word)) near.push_back({distance, name});
  }
  std::stable_sort(near.begin(), near.end(), [](scored const& a, scored const& b) { return a.distance < b.distance; });
  std::vector<std::string_view> out;
  for (scored const& one : near) {
    if (out.size() < most_shown) out.push_back(one.name);
  }
  return out;
}

std::string did_you_mean(std::vector<std::string_view> const& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += i == 0 ? "did you mean " : i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text.empty() ? text : text + "?";
}

}  // namespace cachetool::cli
