#include "fpm/connections.hpp"

#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace cachetool::fpm {
namespace {

// States in /proc/net/unix.
constexpr unsigned state_listening = 1;
constexpr unsigned connecting = 2;  // not accepted yet
constexpr unsigned connected = 3;

// States in /proc/net/tcp.
constexpr unsigned tcp_established = 1;
constexpr unsigned tcp_close_wait = 8;  // the client has closed its side
constexpr unsigned tcp_listen = 10;

constexpr int most_lines = 1000000;

// php-fpm may have bound the socket by another path: /var/run for /run, or a link's target.
bool is_same_path(std::string const& bound, std::string const& asked) {
  if (bound == asked) return true;
  std::error_code failed;
  return bound.front() == '/' && asked.front() == '/' && std::filesystem::equivalent(bound, asked, failed);
}

std::optional<connection_count> count_unix(std::string const& asked, proc const& processes) {
  connection_count count;
  bool seen = false;
  auto const failed = processes.lines("net/unix", [&](std::string_view view) {
    std::string const line(view);
    unsigned state = 0;
    int path_at = 0;
    if (std::sscanf(line.c_str(), "%*s %*x %*x %*x %*x %x %*u %n", &state, &path_at) != 1 || path_at == 0) return true;
    std::string const path = line.substr(static_cast<std::size_t>(path_at));
    if (path.empty() || state < state_listening || state > connected || !is_same_path(path, asked)) return true;
    seen = true;
    if (state == connecting) ++count.waiting;
    if (state == connected) ++count.accepted;
    return true;
  });
  return seen && !failed ? std::optional(count) : std::nullopt;
}

// Over loopback the client's end is in the table, too; there the port is the other address. False if the table could
// not be read to its end.
bool add_tcp(unsigned port, proc const& processes, char const* table, connection_count& count, bool& seen) {
  int left = most_lines;
  auto const failed = processes.lines(table, [&](std::string_view line) {
    unsigned local_port = 0;
    unsigned state = 0;
    std::uint64_t inode = 0;  // 0 before it is accepted
    int const got = std::sscanf(std::string(line).c_str(), "%*s %*[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %*u %*s %" SCNu64,
                                &local_port, &state, &inode);
    if (got == 3 && local_port == port) {
      seen = seen || state == tcp_listen;
      if (state == tcp_established || state == tcp_close_wait) ++(inode == 0 ? count.waiting : count.accepted);
    }
    return --left > 0;
  });
  return !failed || failed->is_absent();
}

}  // namespace

std::optional<std::int64_t> connections(fastcgi::endpoint const& where) {
  if (where.is_tcp()) return std::nullopt;
  auto const count = count_unix(where.text(), proc());
  return count ? std::optional(static_cast<std::int64_t>(count->accepted + count->waiting)) : std::nullopt;
}

std::optional<connection_count> count_connections(fastcgi::endpoint const& where, proc const& processes) {
  if (!where.is_tcp()) return count_unix(where.text(), processes);
  connection_count count;
  bool seen = false;
  bool const complete = add_tcp(where.port(), processes, "net/tcp", count, seen) &&
                        add_tcp(where.port(), processes, "net/tcp6", count, seen);
  return seen && complete ? std::optional(count) : std::nullopt;
}

}  // namespace cachetool::fpm
