#include "adapter/kept_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "adapter/write_file.hpp"
#include "fastcgi/unique_fd.hpp"

namespace cachetool::adapter {
namespace {

fastcgi::unique_fd open_directory(std::string const& path) {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  fastcgi::unique_fd directory(open(path.c_str(), flags));
  if (!directory && errno == ENOENT && mkdir(path.c_str(), 0711) == 0) {
    directory = fastcgi::unique_fd(open(path.c_str(), flags));
    if (directory) fchmod(directory.get(), 0711);  // whatever the umask says
  }
  struct stat info {};
  if (!directory || fstat(directory.get(), &info) != 0) throw placement_error("cannot use " + path, errno);
  if (info.st_uid != 0 || (info.st_mode & 0022U) != 0) {
    throw error(error_kind::placement, path + " does not belong to root alone").advise("rm -r " + path);
  }
  return directory;
}

bool is_good(int directory, std::string const& name, std::string_view content) {
  fastcgi::unique_fd const file(openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  return file && fstat(file.get(), &info) == 0 && info.st_uid == 0 && (info.st_mode & 07777U) == 0444 &&
         info.st_mtime == 0 && holds(file.get(), content);
}

// An unnamed file is filled first and then given its name: nobody ever sees half of it, and a killed run leaves
// nothing.
void write_kept(int directory, std::string const& name, std::string_view content) {
  fastcgi::unique_fd const file(openat(directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0400));
  if (!file) throw placement_error("cannot make the agent's file", errno);
  write_agent(file.get(), content, 0444);
  std::string const self = "/proc/self/fd/" + std::to_string(file.get());
  for (int attempt = 0; attempt < 8; ++attempt) {
    if (linkat(AT_FDCWD, self.c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return;
    if (errno != EEXIST) throw placement_error("cannot name the agent's file", errno);
    if (is_good(directory, name, content)) return;  // another run was faster
    unlinkat(directory, name.c_str(), 0);           // not what it should be: only root can have made it so
  }
  throw error(error_kind::placement, "cannot replace " + name);
}

}  // namespace

std::string kept_file(std::string const& directory, agent::source const& source) {
  fastcgi::unique_fd const opened = open_directory(directory);
  std::string const name = std::string(source.sha256) + ".php";
  if (!is_good(opened.get(), name, source.text)) write_kept(opened.get(), name, source.text);
  return directory + "/" + name;
}

}  // namespace cachetool::adapter
