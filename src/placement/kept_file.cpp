#include "placement/kept_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "placement/new_directory.hpp"
#include "placement/write_file.hpp"

namespace cachetool::placement {
namespace {

// Only root may be able to replace what lies in it.
void check_parent(int parent, std::string const& path) {
  struct stat info {};
  if (fstat(parent, &info) != 0) throw placement_error("cannot use " + path, errno);
  if (info.st_uid == 0 && ((info.st_mode & 0022U) == 0 || (info.st_mode & S_ISVTX) != 0)) return;
  throw error(error_kind::placement, path + " is not a place that only root can change");
}

base::unique_fd open_directory(std::string const& path) {
  std::filesystem::path const split(path);
  base::unique_fd const parent = worker_root().open_directory(split.parent_path());
  if (!parent) throw placement_error("cannot use " + path, errno);
  check_parent(parent.get(), split.parent_path());

  std::string const name = split.filename();
  auto const open_there = [&] { return open_inside(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY); };
  base::unique_fd directory = open_there();
  if (!directory && errno == ENOENT) directory = make_directory(parent.get(), name, 0711);
  if (!directory && (errno == EEXIST || errno == ESTALE)) directory = open_there();  // another run was faster
  struct stat info {};
  if (!directory || fstat(directory.get(), &info) != 0) throw placement_error("cannot use " + path, errno);
  if (info.st_uid != 0 || (info.st_mode & 0022U) != 0) {
    throw error(error_kind::placement, path + " does not belong to root alone")
        .advise("rm -r " + base::shell_word(path));
  }
  return directory;
}

// The file, if it is as it should be.
base::unique_fd open_good(int directory, std::string const& name, std::string_view content) {
  base::unique_fd file(openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  bool const good = file && fstat(file.get(), &info) == 0 && info.st_uid == 0 && (info.st_mode & 07777U) == 0444 &&
                    info.st_mtime == 0 && holds(file.get(), content);
  return good ? std::move(file) : base::unique_fd();
}

// An unnamed file is filled first and then gets its name. So nobody ever sees half of it, and a killed run leaves
// nothing.
base::unique_fd write_kept(int directory, std::string const& name, std::string_view content) {
  base::unique_fd file(openat(directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0400));
  if (!file) throw placement_error("cannot make the agent's file", errno);
  write_agent(file.get(), content, 0444);
  std::string const self = "/proc/self/fd/" + std::to_string(file.get());
  for (int attempt = 0; attempt < 8; ++attempt) {
    if (linkat(AT_FDCWD, self.c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return file;
    if (errno != EEXIST) throw placement_error("cannot name the agent's file", errno);
    if (auto other = open_good(directory, name, content)) return other;  // another run was faster
    unlinkat(directory, name.c_str(), 0);                                // wrong; only root can have made it so
  }
  throw error(error_kind::placement, "cannot replace " + name);
}

}  // namespace

std::string kept_file(worker_root const& root, std::string const& directory, agent::source const& source) {
  base::unique_fd const opened = open_directory(directory);
  std::string const name = std::string(source.sha256) + ".php";
  std::string path = directory + "/" + name;
  base::unique_fd file = open_good(opened.get(), name, source.text);
  if (!file) file = write_kept(opened.get(), name, source.text);
  if (!root.shows(path, file.get())) throw error(error_kind::placement, "php-fpm sees another " + directory);
  return path;
}

}  // namespace cachetool::placement
