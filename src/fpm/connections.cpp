#include "fpm/connections.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace cachetool::fpm {
namespace {

constexpr unsigned listening = 1;
constexpr unsigned connecting = 2;  // not accepted yet
constexpr unsigned connected = 3;

// php-fpm may have bound the socket by another path: /var/run for /run, or the target of a link.
bool is_same(std::string const& bound, std::string const& asked) {
  if (bound == asked) return true;
  std::error_code failed;
  return bound.front() == '/' && asked.front() == '/' && std::filesystem::equivalent(bound, asked, failed);
}

}  // namespace

std::optional<std::int64_t> connections(fastcgi::endpoint const& where) {
  if (where.is_tcp()) return std::nullopt;
  std::string const asked = where.text();
  std::unique_ptr<FILE, int (*)(FILE*)> const file(std::fopen("/proc/net/unix", "re"), std::fclose);
  std::int64_t count = 0;
  bool seen = false;
  char line[512];
  while (file && std::fgets(line, sizeof line, file.get()) != nullptr) {
    unsigned state = 0;
    int path_at = 0;
    if (std::sscanf(line, "%*s %*x %*x %*x %*x %x %*u %n", &state, &path_at) != 1 || path_at == 0) continue;
    std::string_view path(line + path_at);
    if (path.ends_with('\n')) path.remove_suffix(1);
    if (path.empty() || state < listening || state > connected || !is_same(std::string(path), asked)) continue;
    seen = true;
    if (state >= connecting) ++count;
  }
  return seen ? std::optional(count) : std::nullopt;
}

}  // namespace cachetool::fpm
