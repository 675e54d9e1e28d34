#include "cli/paths.hpp"

#include <filesystem>

#include <cachetool/fastcgi/error.hpp>

namespace cachetool::cli {

namespace fs = std::filesystem;

std::string absolute_path(std::string const& path) {
  if (path.empty()) throw error(error_kind::usage, "a path is empty").advise("is a shell variable unset?");
  return fs::absolute(path).string();
}

std::string absolute_name(std::string const& path) {
  std::string out = fs::path(absolute_path(path)).lexically_normal().string();
  while (out.size() > 1 && out.ends_with('/')) out.pop_back();
  return out;
}

}  // namespace cachetool::cli
