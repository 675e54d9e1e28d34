#include "fpm/reach.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace cachetool::fpm {
namespace {

// HOST in a list with commas between.
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

}  // namespace

access reach_socket(std::string const& file, bool heard) {
  struct stat info {};
  if (stat(file.c_str(), &info) != 0) return errno == EACCES ? access::forbidden : access::absent;
  if (!S_ISSOCK(info.st_mode)) return access::absent;
  if (faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) != 0) return access::forbidden;
  return heard ? access::reachable : access::stale;
}

access reach_port(bool heard, std::string const& allowed_clients, std::string const& host) {
  if (!heard) return access::absent;
  std::string const from = host == "localhost" ? "127.0.0.1" : host;
  return allowed_clients.empty() || names(allowed_clients, from) ? access::reachable : access::forbidden;
}

}  // namespace cachetool::fpm
