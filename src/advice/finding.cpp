#include "advice/finding.hpp"

#include <algorithm>

namespace cachetool::advice {

std::string_view name(level how) noexcept {
  switch (how) {
    case level::ok:
      return "ok";
    case level::note:
      return "note";
    case level::warning:
      return "warning";
    case level::failure:
      break;
  }
  return "failure";
}

std::string id(finding const& what) {
  return std::string(what.step) + "." + what.name;
}

level worst(std::span<finding const> findings) noexcept {
  level found = level::ok;
  for (finding const& each : findings) found = std::max(found, each.what.how);
  return found;
}

}  // namespace cachetool::advice
