#include "monitor/range.hpp"

#include <cmath>
#include <limits>

#include "base/floating.hpp"

namespace cachetool::monitor {
namespace {

// Empty text leaves the bound as it is.
bool read_bound(std::string_view text, double& into) {
  return text.empty() || (base::read_double(text, into) && std::isfinite(into));
}

}  // namespace

std::optional<range> range::read(std::string_view text) {
  range out;
  out.text_ = text;
  out.is_inside_bad_ = text.starts_with('@');
  if (out.is_inside_bad_) text.remove_prefix(1);
  std::size_t const colon = text.find(':');
  std::string_view const first = colon == std::string_view::npos ? "" : text.substr(0, colon);
  std::string_view const last = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (first.empty() && last.empty()) return std::nullopt;
  if (first == "~") {
    out.lowest_ = -std::numeric_limits<double>::infinity();
  } else if (!read_bound(first, out.lowest_)) {
    return std::nullopt;
  }
  if (!read_bound(last, out.highest_) || out.highest_ < out.lowest_) return std::nullopt;
  return out;
}

}  // namespace cachetool::monitor
