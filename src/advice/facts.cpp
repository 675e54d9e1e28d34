#include "advice/facts.hpp"

#include <algorithm>
#include <string_view>

namespace cachetool::advice {

fpm::pool const* pool_of(subject const& of) noexcept {
  if (!of.host) return nullptr;
  std::vector<fpm::pool> const& pools = of.host->master.pools;
  if (of.host->pool && *of.host->pool < pools.size()) return &pools[*of.host->pool];
  for (fpm::pool const& each : pools) {
    if (!each.name.empty() && each.name == of.php.from.pool) return &each;
  }
  return nullptr;
}

std::optional<std::string> private_place(std::string const& agent_path) {
  constexpr std::string_view own_directory = "/cachetool-";
  std::size_t const at = agent_path.rfind(own_directory);
  if (at == std::string::npos) return std::nullopt;
  char const next = agent_path[std::min(at + own_directory.size(), agent_path.size() - 1)];
  if (next < '0' || next > '9') return std::nullopt;
  return at == 0 ? "/" : agent_path.substr(0, at);
}

}  // namespace cachetool::advice
