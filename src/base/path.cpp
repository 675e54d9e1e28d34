#include "base/path.hpp"

#include <filesystem>
#include <system_error>

namespace cachetool::base {

namespace fs = std::filesystem;

bool lies_in(std::string_view path, std::string_view directory) noexcept {
  if (!path.starts_with(directory)) return false;
  return path.size() == directory.size() || directory.ends_with('/') || path[directory.size()] == '/';
}

std::string parent_of(std::string_view path) {
  std::size_t const at = path.rfind('/');
  return at == 0 || at == path.npos ? "/" : std::string(path.substr(0, at));
}

std::string real_path(std::string const& path) {
  std::error_code failed;
  fs::path const real = fs::canonical(path, failed);
  return failed ? std::string() : real.string();
}

std::string real_or_absolute_path(std::string const& path) {
  std::string const real = real_path(path);
  if (!real.empty()) return real;
  std::error_code failed;
  fs::path const absolute = fs::absolute(path, failed);
  return failed ? path : absolute.string();
}

}  // namespace cachetool::base
