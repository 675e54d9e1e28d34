#include "fpm/who_listens.hpp"

#include <cachetool/fastcgi/client.hpp>

namespace cachetool::fpm {
namespace {

// Nothing for TCP, and if nobody answers: whoever uses the address says why.
std::optional<pid_t> peer_of(fastcgi::endpoint const& where, int interrupt_fd) {
  if (where.is_tcp()) return std::nullopt;
  try {
    constexpr std::chrono::milliseconds patience{200};
    auto const peer =
        fastcgi::client(where, {.connect_timeout = patience, .interrupt_fd = interrupt_fd}).connect().peer();
    return peer ? std::optional(peer->pid) : std::nullopt;
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    return std::nullopt;
  }
}

}  // namespace

std::optional<listener> who_listens(fastcgi::endpoint const& where, search_options const& looked_at) {
  return master_of(where, peer_of(where, looked_at.interrupt_fd), looked_at);
}

std::vector<std::optional<listener>> who_listen(std::span<fastcgi::endpoint const> endpoints,
                                                search_options const& looked_at) {
  std::vector<heard_endpoint> heard;
  for (fastcgi::endpoint const& each : endpoints) heard.push_back({each, peer_of(each, looked_at.interrupt_fd)});
  return masters_of(heard, looked_at);
}

}  // namespace cachetool::fpm
