#include "fpm/reach.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "fastcgi/connect_error.hpp"
#include "fpm/forbidden.hpp"
#include "fpm/setting.hpp"

namespace cachetool::fpm {
namespace {

// True if the host is in the list, which has commas between its entries.
bool names(std::string_view list, std::string_view host) {
  while (!list.empty()) {
    std::size_t const end = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, end);
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    one = one.substr(0, one.find(' '));
    if (one == host || one == "::ffff:" + std::string(host)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

// The caller's address is the same as the port's host.
error not_an_allowed_client(pool const& of) {
  auto const line = find_setting(of, "listen.allowed_clients");
  if (!line) return error(error_kind::forbidden, "connections from here are not accepted");
  return error(error_kind::forbidden,
               "'listen.allowed_clients = " + line->line.value + "' does not name " + of.endpoint->host())
      .advise("add it in " + line->place() + " and reload php-fpm");
}

error in_another_network(pool const& of) {
  return error(error_kind::unreachable,
               "it listens on " + of.inside->text() + " in a network namespace of its own (a container)")
      .advise("name the address by which the container is reached: --fcgi=HOST:PORT; or go in as root: nsenter -t " +
              std::to_string(of.inside_of) + " -n cachetool ... --fcgi=" + base::shell_word(of.inside->text()));
}

error full(pool const& of) {
  auto const line = find_setting(of, "pm.max_children");
  return error(error_kind::timeout, "the backlog is full: all workers are busy")
      .advise("wait until php-fpm has less to do, or raise " + (line ? line->text() : "'pm.max_children' of the pool"));
}

// The immediate result of connect(). Whoever listens sees a connection that is closed without a word.
access knock(std::string const& file) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (file.size() >= sizeof address.sun_path) return access::unknown;
  file.copy(address.sun_path, file.size());
  base::unique_fd const socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return access::unknown;
  if (connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return access::reachable;
  return errno == EAGAIN                     ? access::saturated
         : errno == EACCES || errno == EPERM ? access::forbidden
         : errno == ENOENT                   ? access::absent
         : errno == ECONNREFUSED             ? access::stale
                                             : access::unknown;
}

}  // namespace

access reach_socket(std::string const& file, bool heard) {
  struct stat info {};
  if (stat(file.c_str(), &info) != 0) return errno == EACCES ? access::forbidden : access::absent;
  if (!S_ISSOCK(info.st_mode)) return access::absent;
  if (faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) != 0) return access::forbidden;
  return heard ? access::reachable : knock(file);
}

access reach_port(bool heard, std::string const& allowed_clients, std::string const& host) {
  if (!heard) return access::absent;
  std::string const from = host == "localhost" ? "127.0.0.1" : host;
  return allowed_clients.empty() || names(allowed_clients, from) ? access::reachable : access::forbidden;
}

std::optional<error> why_not(pool const& of) {
  if (of.inside) return in_another_network(of);
  if (!of.endpoint || of.reach == access::unknown) {
    return error(error_kind::unreachable, "nothing tells where it listens")
        .advise("as root more can be seen; or name it: --fcgi=ADDRESS");
  }
  switch (of.reach) {
    case access::forbidden:
      return of.endpoint->is_tcp() ? not_an_allowed_client(of)
                                   : forbidden_socket(of.endpoint->path(), of, process_identity::own());
    case access::stale:
      return fastcgi::connect_error(*of.endpoint, ECONNREFUSED);
    case access::absent:
      return fastcgi::connect_error(*of.endpoint, of.endpoint->is_tcp() ? ECONNREFUSED : ENOENT);
    case access::saturated:
      return full(of);
    case access::reachable:
    case access::unknown:
      break;
  }
  return std::nullopt;
}

}  // namespace cachetool::fpm
