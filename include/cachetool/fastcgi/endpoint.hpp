#pragma once

/// The address of a FastCGI application. It is checked here, and nothing is opened: an endpoint may name a socket that
/// does not exist.
///
///     auto const www = cachetool::fastcgi::endpoint::parse("/run/php/php8.2-fpm.sock");
///     auto const remote = cachetool::fastcgi::endpoint::tcp("192.0.2.1", 9000);
///     std::cout << remote.text() << '\n';  // 192.0.2.1:9000

#include <cstdint>
#include <string>
#include <string_view>

namespace cachetool::fastcgi {

/// Where a FastCGI application listens: a unix socket, an abstract unix socket, or a host and a port.
///
/// A value that you may copy and compare. Nothing changes it but assignment, so several threads may read one. What its
/// readers return by reference lives as long as the endpoint. Two endpoints are equal if they are spelled alike:
/// "localhost:9000" and "127.0.0.1:9000" are not.
class endpoint {
 public:
  enum class family : std::uint8_t { unix_path, unix_abstract, tcp };

  /// Reads the spellings people use:
  ///   /run/php.sock  ./php.sock  unix:/run/php.sock  unix:///run/php.sock    a unix socket (what holds a '/')
  ///   @name                                                                  an abstract unix socket
  ///   9000  :9000                                                            127.0.0.1 and that port
  ///   host:9000  192.0.2.1:9000  tcp://host:9000                             a host and a port
  ///   [::1]:9000  ::1:9000                                                   IPv6: the last group is the port
  /// Throws error (usage) for anything else: an empty text, no port, port 0 or above 65535, a path longer than the
  /// 107 bytes that a socket address holds, a NUL byte. A host name is not looked up here.
  static endpoint parse(std::string_view text);

  /// The same from parts, for one family; these throw too. A relative path that parse() would read as something else
  /// ("php.sock", "@a/b") gets "./" in front. `host` is a name or a number, an IPv6 number without its brackets.
  static endpoint unix_socket(std::string path);
  static endpoint abstract_socket(std::string name);
  static endpoint tcp(std::string host, std::uint16_t port);

  /// Which of the three it is.
  [[nodiscard]] family kind() const noexcept { return family_; }
  [[nodiscard]] bool is_tcp() const noexcept { return family_ == family::tcp; }

  /// The socket's path, or the abstract name without its '@'; empty for TCP.
  [[nodiscard]] std::string const& path() const noexcept { return name_; }

  /// The host as written, without brackets; empty for unix sockets.
  [[nodiscard]] std::string const& host() const noexcept { return host_; }

  /// The port; 0 for unix sockets.
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// One spelling for each endpoint, which parse() reads again: "/run/php.sock", "@name", "127.0.0.1:9000",
  /// "[::1]:9000".
  [[nodiscard]] std::string text() const;

  bool operator==(endpoint const&) const = default;

 private:
  endpoint(family kind, std::string name, std::string host, std::uint16_t port);

  family family_;
  std::string name_;
  std::string host_;
  std::uint16_t port_ = 0;
};

}  // namespace cachetool::fastcgi
