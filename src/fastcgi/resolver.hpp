#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fastcgi/socket.hpp"

namespace cachetool::fastcgi {

/// Looks up a host name with getaddrinfo() in a thread of its own. So the caller can wait for it with poll(), and give
/// up: a name server that does not answer must not hold the caller beyond its deadline. A look-up that was given up
/// goes on in its detached thread until the system's resolver ends it, and touches nothing of the caller's.
///
/// In a fully static program the linker warns that getaddrinfo() needs glibc's shared libraries at run time: names then
/// resolve only where the same glibc is installed. Numeric addresses and "localhost" never come here.
class lookup {
 public:
  /// Begins the look-up. Throws std::system_error if no thread or descriptor is available.
  lookup(std::string host, std::uint16_t port);

  /// Readable once the look-up has ended.
  [[nodiscard]] int fd() const noexcept;

  /// After that: the addresses in the order to try them; empty if the name has none.
  [[nodiscard]] std::vector<socket_address> addresses() const;

  /// Why there are none, in the words of gai_strerror().
  [[nodiscard]] std::string reason() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace cachetool::fastcgi
