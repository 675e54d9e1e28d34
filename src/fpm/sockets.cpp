#include "fpm/sockets.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <cstring>

namespace cachetool::fpm {
namespace {

constexpr unsigned accepts_connections = 0x10000;  // __SO_ACCEPTCON
constexpr unsigned stream = 1;
constexpr unsigned listens = 10;  // TCP_LISTEN
constexpr int most_sockets = 1000000;

void add_unix(proc const& processes, std::string const& file, std::vector<listening_socket>& found) {
  int left = most_sockets;
  processes.lines(file, [&](std::string_view view) {
    std::string const line(view);
    unsigned flags = 0;
    unsigned type = 0;
    std::uint64_t inode = 0;
    int path_at = 0;
    int const got = std::sscanf(line.c_str(), "%*s %*x %*x %x %x %*x %" SCNu64 " %n", &flags, &type, &inode, &path_at);
    if (got == 3 && path_at > 0 && type == stream && (flags & accepts_connections) != 0) {
      std::string path = line.substr(static_cast<std::size_t>(path_at));
      if (!path.empty()) found.push_back({inode, std::move(path), {}, 0, 0});
    }
    return --left > 0;
  });
}

// The kernel prints addresses as 32-bit numbers, each in the machine's byte order.
std::string address_text(std::string_view hex) {
  std::array<std::uint32_t, 4> words{};
  std::size_t const count = hex.size() / 8;
  if (hex.size() % 8 != 0 || (count != 1 && count != 4)) return {};
  for (std::size_t i = 0; i < count; ++i) {
    if (std::sscanf(std::string(hex.substr(i * 8, 8)).c_str(), "%" SCNx32, &words[i]) != 1) return {};
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(count == 1 ? AF_INET : AF_INET6, words.data(), text.data(), text.size());
  return text.data();
}

void add_tcp(proc const& processes, std::string const& file, std::vector<listening_socket>& found) {
  bool header = true;
  int left = most_sockets;
  processes.lines(file, [&](std::string_view line) {
    if (header) return !(header = false);
    std::array<char, 33> address{};
    unsigned port = 0;
    unsigned state = 0;
    unsigned owner = 0;
    std::uint64_t inode = 0;
    int const got = std::sscanf(std::string(line).c_str(), "%*s %32[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %u %*s %" SCNu64,
                                address.data(), &port, &state, &owner, &inode);
    // Listening sockets come first; thousands of connections may follow.
    if (got != 5 || state != listens) return false;
    found.push_back({inode, {}, address_text(address.data()), static_cast<std::uint16_t>(port), owner});
    return --left > 0;
  });
}

}  // namespace

std::vector<listening_socket> listening_sockets(proc const& processes, std::string const& net) {
  std::vector<listening_socket> found;
  add_unix(processes, net + "/unix", found);
  add_tcp(processes, net + "/tcp", found);
  add_tcp(processes, net + "/tcp6", found);
  return found;
}

std::map<std::uint64_t, std::string> socket_names(proc const& processes, std::string const& net,
                                                  std::vector<std::uint64_t> const& inodes) {
  std::map<std::uint64_t, std::string> found;
  int left = most_sockets;
  auto const add = [&](std::uint64_t inode, std::string name) {
    if (inode == 0 || name.empty() || std::find(inodes.begin(), inodes.end(), inode) == inodes.end()) return;
    found.emplace(inode, std::move(name));
  };
  processes.lines(net + "/unix", [&](std::string_view view) {
    std::string const line(view);
    std::uint64_t inode = 0;
    int path_at = 0;
    int const got = std::sscanf(line.c_str(), "%*s %*x %*x %*x %*x %*x %" SCNu64 " %n", &inode, &path_at);
    if (got == 1 && path_at > 0) add(inode, line.substr(static_cast<std::size_t>(path_at)));
    return --left > 0;
  });
  for (char const* const table : {"/tcp", "/tcp6"}) {
    processes.lines(net + table, [&](std::string_view line) {
      unsigned port = 0;
      std::uint64_t inode = 0;
      int const got = std::sscanf(std::string(line).c_str(),
                                  "%*s %*[0-9A-Fa-f]:%x %*s %*s %*s %*s %*s %*u %*s %" SCNu64, &port, &inode);
      if (got == 2) add(inode, "port " + std::to_string(port));
      return --left > 0;
    });
  }
  return found;
}

std::uint64_t socket_inode(std::string const& link) {
  std::uint64_t inode = 0;
  return std::sscanf(link.c_str(), "socket:[%" SCNu64 "]", &inode) == 1 ? inode : 0;
}

}  // namespace cachetool::fpm
