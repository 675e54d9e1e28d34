#include "fastcgi/socket.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace cachetool::fastcgi {

namespace {

template <typename Address>
socket_address pack(Address const& address, std::size_t size = sizeof(Address)) {
  socket_address out;
  std::memcpy(&out.storage, &address, size);
  out.size = static_cast<socklen_t>(size);
  return out;
}

std::optional<socket_address> ipv4_address(std::string const& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return std::nullopt;
  return pack(address);
}

/// A scope is an interface's name or number. An unknown one becomes 0, which connect() refuses if it matters.
std::uint32_t scope_id(std::string const& scope) {
  std::uint32_t number = 0;
  auto const end = scope.data() + scope.size();
  if (auto const [stop, code] = std::from_chars(scope.data(), end, number); code == std::errc() && stop == end) {
    return number;
  }
  return ::if_nametoindex(scope.c_str());
}

std::optional<socket_address> ipv6_address(std::string const& host, std::uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  auto const percent = host.find('%');
  if (::inet_pton(AF_INET6, host.substr(0, percent).c_str(), &address.sin6_addr) != 1) return std::nullopt;
  if (percent != std::string::npos) address.sin6_scope_id = scope_id(host.substr(percent + 1));
  return pack(address);
}

}  // namespace

socket_address unix_address(endpoint const& where) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string const& name = where.path();
  bool const abstract = where.kind() == endpoint::family::unix_abstract;
  std::memcpy(address.sun_path + (abstract ? 1 : 0), name.data(), name.size());
  // An abstract name is as long as the address says; a path ends with its NUL. Either takes one byte besides the name.
  return pack(address, offsetof(sockaddr_un, sun_path) + name.size() + 1);
}

std::optional<std::vector<socket_address>> numeric_addresses(std::string const& host, std::uint16_t port) {
  if (host == "localhost") return std::vector{*ipv4_address("127.0.0.1", port), *ipv6_address("::1", port)};
  if (auto const address = ipv4_address(host, port)) return std::vector{*address};
  if (auto const address = ipv6_address(host, port)) return std::vector{*address};
  return std::nullopt;
}

bool is_ipv6(std::string const& host) {
  in6_addr ignored{};
  auto const percent = host.find('%');
  bool const scope_missing = percent != std::string::npos && percent + 1 == host.size();
  return !scope_missing && ::inet_pton(AF_INET6, host.substr(0, percent).c_str(), &ignored) == 1;
}

base::unique_fd open_socket(socket_address const& to) {
  base::unique_fd out(::socket(to.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (out && to.storage.ss_family != AF_UNIX) {
    // A request is written in as few pieces as the socket takes; none of them should wait for an ACK.
    int const on = 1;
    ::setsockopt(out.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return out;
}

int start_connect(int fd, socket_address const& to) {
  if (::connect(fd, reinterpret_cast<sockaddr const*>(&to.storage), to.size) == 0) return 0;
  // An interrupted connect() goes on by itself, and must not be called again.
  return errno == EINTR ? EINPROGRESS : errno;
}

std::optional<peer_credentials> peer_of(int fd) {
  ucred found{};
  socklen_t size = sizeof found;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &found, &size) != 0) return std::nullopt;
  if (found.uid == static_cast<uid_t>(-1)) return std::nullopt;  // not a unix socket
  return peer_credentials{found.pid, found.uid, found.gid};
}

int pending_error(int fd) {
  int code = 0;
  socklen_t size = sizeof code;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0) return errno;
  return code;
}

}  // namespace cachetool::fastcgi
