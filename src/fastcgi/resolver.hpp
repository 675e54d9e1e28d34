#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fastcgi/socket.hpp"

namespace cachetool::fastcgi {

/// A host name being looked up with getaddrinfo() in a thread of its own, so that it can be waited for with poll() and
/// given up: a name server that does not answer must not hold the caller beyond its deadline. A look-up that was given
/// up goes on in its detached thread until the system's resolver ends it, and touches nothing of the caller's.
///
/// In a fully static program the linker warns that getaddrinfo() needs glibc's shared libraries at run time: names then
/// resolve only where the same glibc is installed. Numeric addresses and "localhost" never come here.
class lookup {
 public:
  /// Begins. Throws std::system_error if no thread or descriptor is to be had.
  lookup(std::string host, std::uint16_t port);

  /// Readable once the look-up has ended.
  [[nodiscard]] int fd() const noexcept;

  /// After that: the addresses in the order in which they are to be tried; empty if the name has none.
  [[nodiscard]] std::vector<socket_address> addresses() const;

  /// Why there are none, as gai_strerror() says it.
  [[nodiscard]] std::string reason() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace cachetool::fastcgi
