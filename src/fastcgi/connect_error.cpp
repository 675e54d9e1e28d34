#include "fastcgi/connect_error.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "base/file_info.hpp"
#include "base/text.hpp"

namespace cachetool::fastcgi {

namespace {

constexpr auto is_it_running = "check that php-fpm is running and that this is its 'listen' setting";

error forbidden(std::string const& path) {
  std::string const caller = "uid " + std::to_string(::geteuid());
  auto const found = base::look_at(path);
  if (!found) {
    return error(error_kind::forbidden, "permission denied: " + caller + " may not search a directory above the socket")
        .advise("run this as root or as the user that the pool's 'listen.owner' names");
  }
  std::string const group = std::to_string(found->st_gid);
  std::string const message = "permission denied: the socket belongs to uid " + std::to_string(found->st_uid) +
                              " and gid " + group + ", its mode is " + base::octal(found->st_mode) +
                              ", the caller is " + caller;
  bool const group_may_write = (found->st_mode & S_IWGRP) != 0;
  return error(error_kind::forbidden, message)
      .advise("run this as root, as uid " + std::to_string(found->st_uid) +
              (group_may_write ? " or as a member of group " + group : "") +
              ", or change 'listen.owner', 'listen.group' and 'listen.mode' of the pool");
}

error unreachable(std::string message) {
  return error(error_kind::unreachable, std::move(message)).advise(is_it_running);
}

error refused_path(std::string const& path) {
  auto const found = base::look_at(path);
  if (found && S_ISSOCK(found->st_mode)) {
    return error(error_kind::stale, "nobody listens on this socket any more")
        .advise("start php-fpm; it replaces the socket file that was left behind");
  }
  if (found && S_ISDIR(found->st_mode)) return unreachable("not a socket but a directory");
  if (found && S_ISREG(found->st_mode)) return unreachable("not a socket but a regular file");
  return unreachable("not a socket");
}

error path_error(std::string const& path, int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return unreachable("no such socket");
    case EACCES:
      return forbidden(path);
    case ECONNREFUSED:
      return refused_path(path);
    case EPROTOTYPE:
      return unreachable("not a stream socket, as php-fpm's are");
    default:
      return unreachable("cannot connect: " + base::errno_text(code));
  }
}

// What is short on this side says nothing of php-fpm.
bool is_own_shortage(int code) {
  return code == EMFILE || code == ENFILE || code == ENOMEM || code == ENOBUFS;
}

error describe(endpoint const& where, int code) {
  if (is_own_shortage(code)) {
    return error(error_kind::no_resources, "cannot connect: " + base::errno_text(code))
        .advise("ulimit -a shows how much memory, and how many open files, this user may have");
  }
  if (code == ETIMEDOUT) return error(error_kind::timeout, "cannot connect: " + base::errno_text(code));
  if (where.kind() == endpoint::family::unix_path) return path_error(where.path(), code);
  if (code != ECONNREFUSED) return unreachable("cannot connect: " + base::errno_text(code));
  return unreachable(where.is_tcp() ? "nothing listens on this port" : "nobody listens on this abstract socket");
}

}  // namespace

error connect_error(endpoint const& where, int code) {
  return describe(where, code).during(phase::connect).on(where.text());
}

}  // namespace cachetool::fastcgi
