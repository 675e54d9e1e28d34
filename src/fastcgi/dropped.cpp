#include "fastcgi/dropped.hpp"

#include <poll.h>
#include <sys/socket.h>

#include "fastcgi/connector.hpp"

namespace cachetool::fastcgi {

namespace {

constexpr std::chrono::milliseconds silence_limit{100};

/// If listen.allowed_clients does not name a client, php-fpm drops its connection at once, before it reads anything. A
/// worker that dies looks just the same. A second connection tells, on which nothing is sent: only php-fpm's refusal
/// drops that, too.
bool turns_us_away(endpoint const& where) {
  try {
    connector work(where, silence_limit);
    run(work, -1);
    auto const silent = work.take();
    pollfd watched{silent.get(), POLLIN, 0};
    char byte = 0;
    return ::poll(&watched, 1, static_cast<int>(silence_limit.count())) == 1 &&
           ::recv(silent.get(), &byte, sizeof byte, 0) <= 0;
  } catch (error const&) {
    return false;
  }
}

}  // namespace

error explained(error failed, endpoint const& where, bool was_dropped) {
  if (!where.is_tcp() || !was_dropped || !turns_us_away(where)) return failed;
  return error(error_kind::unreachable, "the connection was dropped before anything was read from it")
      .during(phase::connect)
      .on(where.text())
      .advise("add this machine's address to 'listen.allowed_clients' of the pool")
      .blame_on(blame::setting, "listen.allowed_clients");
}

}  // namespace cachetool::fastcgi
