#include "placement/installed_agent.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "agent/agent.hpp"
#include "base/random_hex.hpp"
#include "placement/new_directory.hpp"
#include "placement/write_file.hpp"

namespace cachetool::placement {
namespace {

error cannot_install(std::string const& path, std::string const& why) {
  return error(error_kind::usage, "cannot install the agent as " + path + ": " + why);
}

bool is_this_programs(int directory, std::string const& name) {
  base::unique_fd const file(openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  return file && fstat(file.get(), &info) == 0 && info.st_uid == 0 && (info.st_mode & 0022U) == 0 &&
         holds(file.get(), agent::complete().text);
}

// Whoever can write to a directory can replace everything in it, down to the agent.
void refuse_if_others_can_write(std::filesystem::path directory, std::string const& path) {
  for (;; directory = directory.parent_path()) {
    base::unique_fd const opened = worker_root().open_directory(directory);
    struct stat info {};
    if (!opened || fstat(opened.get(), &info) != 0)
      throw cannot_install(path, placement_error(directory, errno).message());
    bool const sticky = (info.st_mode & S_ISVTX) != 0 && directory != std::filesystem::path(path).parent_path();
    if (info.st_uid != 0 || ((info.st_mode & 0022U) != 0 && !sticky)) {
      throw cannot_install(path, "others than root can write the directory " + directory.string())
          .advise("name a path in directories that root alone can write, /usr/local/share/cachetool/agent.php");
    }
    if (directory == directory.parent_path()) return;
  }
}

void write_and_rename(int directory, std::string const& name) {
  std::string const unfinished = "." + name + "." + base::random_hex();
  base::unique_fd const file(
      openat(directory, unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400));
  if (!file) throw placement_error("cannot make the agent's file", errno);
  try {
    write_agent(file.get(), agent::complete().text, 0444);
    if (renameat(directory, unfinished.c_str(), directory, name.c_str()) != 0) {
      throw placement_error("cannot name the agent's file", errno);
    }
  } catch (error const&) {
    unlinkat(directory, unfinished.c_str(), 0);
    throw;
  }
}

bool is_good(std::string const& path, worker_root const& root) {
  base::unique_fd const file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  return file && fstat(file.get(), &info) == 0 && info.st_uid == 0 && (info.st_mode & 0022U) == 0 &&
         holds(file.get(), agent::complete().text) && root.shows(path, file.get());
}

}  // namespace

std::string installed_agent_path() {
  std::error_code failed;
  std::filesystem::path const program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return CACHETOOL_INSTALLED_AGENT;
  return (program.parent_path() / CACHETOOL_AGENT_BESIDE).lexically_normal().string();
}

std::optional<std::string> good_installed_agent(worker_root const& root) {
  for (std::string const& path : {installed_agent_path(), std::string(CACHETOOL_INSTALLED_AGENT)}) {
    if (is_good(path, root)) return path;
  }
  return std::nullopt;
}

bool install_agent(std::string const& path) {
  std::filesystem::path const target(path);
  if (geteuid() != 0) {
    throw cannot_install(path, "only root's file is one that nobody else can change")
        .advise("run it as root, or write it yourself: cachetool agent:show > FILE");
  }
  if (target.extension() != ".php") throw cannot_install(path, "php-fpm runs files whose names end with .php");
  std::error_code unknown;
  if (std::filesystem::is_directory(target, unknown)) throw cannot_install(path, "it is a directory");
  std::filesystem::path const directory = target.parent_path();
  if (!std::filesystem::exists(directory)) {
    refuse_if_others_can_write(directory.parent_path(), path);
    base::unique_fd const parent = worker_root().open_directory(directory.parent_path());
    if (!make_directory(parent.get(), directory.filename(), 0755)) {
      throw cannot_install(path, placement_error(directory, errno).message());
    }
  }
  refuse_if_others_can_write(directory, path);
  base::unique_fd const opened = worker_root().open_directory(directory);
  if (!opened) throw cannot_install(path, placement_error(directory, errno).message());
  if (is_this_programs(opened.get(), target.filename())) return false;
  write_and_rename(opened.get(), target.filename());
  return true;
}

}  // namespace cachetool::placement
