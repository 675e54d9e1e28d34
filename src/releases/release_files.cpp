#include "releases/release_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <utility>

#include "base/unique_fd.hpp"
#include "caches/find_scripts.hpp"

namespace cachetool::releases {
namespace {

// A file that begins with "#!" is a program of its own; no page includes it. Only regular files are opened for reading,
// so a device that has taken the place of one does no harm.
bool is_for_the_shell(std::string const& path) {
  base::unique_fd const held(open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat info {};
  if (!held || fstat(held.get(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  base::unique_fd const file(
      open(("/proc/self/fd/" + std::to_string(held.get())).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::array<char, 2> first{};
  return file && read(file.get(), first.data(), first.size()) == 2 && first[0] == '#' && first[1] == '!';
}

}  // namespace

bool can_be_listed(std::string const& release) {
  std::error_code failed;
  return std::filesystem::is_directory(release, failed) && access(release.c_str(), R_OK | X_OK) == 0;
}

std::vector<std::string> files_of(std::string const& release) {
  std::vector<std::string> files;
  for (opcache::script_file& file : opcache::find_scripts(release, {})) {
    if (!is_for_the_shell(file.path)) files.push_back(std::move(file.path));
  }
  return files;
}

}  // namespace cachetool::releases
