#include "fpm/configured.hpp"

#include <arpa/inet.h>

#include <string_view>

#include <cachetool/error.hpp>

#include "fpm/config.hpp"

namespace cachetool::fpm {
namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20;
constexpr std::size_t most_included = 10000;
constexpr std::size_t most_names = 50000;  // for all include lines together

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_same_file(root_directory const& files, std::string const& one, std::string const& other) {
  if (one == other) return true;
  if (file_name(one) != file_name(other)) return false;
  auto const a = files.look_at(one);
  auto const b = files.look_at(other);
  return a && b && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool is_ip_address(std::string const& host) {
  in6_addr ignored{};
  return inet_pton(AF_INET, host.c_str(), &ignored) == 1 || inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

}  // namespace

void read_configuration(root_directory const& files, std::string const& prefix, search_time const& time, master& of) {
  std::size_t names_left = most_names;
  configuration read = parse_config(
      of.config,
      {[&](std::string const& path) { return time.goes_on() ? files.read(path, largest_file) : std::nullopt; },
       [&](std::string const& pattern) {
         return time.goes_on() ? files.matches(pattern, most_included, names_left) : std::vector<std::string>();
       },
       [](std::string const&) { return std::nullopt; },  // php-fpm has overwritten its environment with its title
       prefix});
  of.global = std::move(read.global);
  for (auto& [name, lines] : read.pools) {
    pool& added = of.pools.emplace_back();
    added.name = name;
    added.config = std::move(lines);
  }
}

std::string installation_prefix(std::string const& config, std::string const& executable) {
  std::size_t const etc = config.rfind("/etc/php-fpm");
  if (etc != config.npos && etc > 0) return config.substr(0, etc);
  for (char const* directory : {"/sbin/", "/bin/"}) {
    std::size_t const at = executable.rfind(directory);
    if (at != executable.npos && at > 0) return executable.substr(0, at);
  }
  return "/usr";
}

std::string value_of(pool const& of, char const* name, std::string const& otherwise) {
  auto const found = of.config.find(name);
  return found == of.config.end() ? otherwise : found->second.value;
}

std::optional<fastcgi::endpoint> configured_endpoint(pool const& of, std::string const& prefix) {
  return listen_endpoint(value_of(of, "listen"), value_of(of, "prefix", prefix));
}

bool is_at(listening_socket const& socket, fastcgi::endpoint const& endpoint, root_directory const& files) {
  if (!endpoint.is_tcp()) return !socket.path.empty() && is_same_file(files, socket.path, endpoint.path());
  if (!socket.path.empty() || socket.port != endpoint.port()) return false;
  bool const everywhere = socket.host == "0.0.0.0" || socket.host == "::";
  return everywhere || socket.host == endpoint.host() || !is_ip_address(endpoint.host());
}

std::optional<fastcgi::endpoint> endpoint_of(listening_socket const& socket) {
  try {
    if (socket.path.starts_with('@')) return fastcgi::endpoint::abstract_socket(socket.path.substr(1));
    if (!socket.path.empty()) return fastcgi::endpoint::unix_socket(socket.path);
  } catch (error const&) {
    return std::nullopt;
  }
  std::string const bracketed = socket.host.find(':') == socket.host.npos ? socket.host : "[" + socket.host + "]";
  return listen_endpoint(bracketed + ":" + std::to_string(socket.port), {});
}

}  // namespace cachetool::fpm
