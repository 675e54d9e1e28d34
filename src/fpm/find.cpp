#include "fpm/find.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include <cachetool/fastcgi/client.hpp>

namespace cachetool::fpm {
namespace {

bool is_socket_file(std::filesystem::path const& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

void add_sockets(std::string const& directory, std::string_view prefix, std::vector<std::string>& into) {
  std::error_code failed;
  for (auto const& entry : std::filesystem::directory_iterator(directory, failed)) {
    std::string const name = entry.path().filename();
    if (name.starts_with(prefix) && name.ends_with(".sock") && is_socket_file(entry.path()))
      into.push_back(entry.path());
  }
}

}  // namespace

std::vector<fastcgi::endpoint> find_endpoints(std::string const& run) {
  std::vector<std::string> sockets;
  add_sockets(run + "/php", "", sockets);
  add_sockets(run + "/php-fpm", "", sockets);
  add_sockets(run, "php", sockets);
  std::sort(sockets.begin(), sockets.end());

  std::vector<fastcgi::endpoint> found;
  std::vector<fastcgi::endpoint> unusable;
  std::vector<pid_t> masters;
  for (std::string const& path : sockets) {
    auto const endpoint = fastcgi::endpoint::unix_socket(path);
    try {
      auto const peer = fastcgi::client(endpoint, {.connect_timeout = std::chrono::milliseconds{200}}).connect().peer();
      pid_t const master = peer ? peer->pid : 0;
      // The pools of one master share one cache: one of them is enough.
      if (master != 0 && std::find(masters.begin(), masters.end(), master) != masters.end()) continue;
      masters.push_back(master);
      found.push_back(endpoint);
    } catch (error const& failed) {
      if (failed.kind() != error_kind::stale) unusable.push_back(endpoint);
    }
  }
  return found.empty() ? unusable : found;
}

}  // namespace cachetool::fpm
