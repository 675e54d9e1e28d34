#include "cli/settings/paths.hpp"

#include <filesystem>
#include <system_error>

#include <cachetool/error.hpp>

namespace cachetool::cli {

namespace fs = std::filesystem;

std::string absolute_path(std::string const& path) {
  if (path.empty()) throw error(error_kind::usage, "a path is empty").advise("is a shell variable unset?");
  std::error_code failed;
  fs::path const absolute = fs::absolute(path, failed);
  if (failed) {
    throw error(error_kind::usage, "the current directory does not exist any more, so " + path + " means nothing")
        .advise("change to one that exists, or name an absolute path");
  }
  return absolute.string();
}

std::string absolute_name(std::string const& path) {
  std::string out = fs::path(absolute_path(path)).lexically_normal().string();
  while (out.size() > 1 && out.ends_with('/')) out.pop_back();
  return out;
}

}  // namespace cachetool::cli
