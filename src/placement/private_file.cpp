#include "placement/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include <cachetool/error.hpp>

#include "base/names_in.hpp"
#include "base/random_hex.hpp"
#include "base/text.hpp"
#include "placement/candidates.hpp"
#include "placement/new_directory.hpp"
#include "placement/write_file.hpp"

namespace cachetool::placement {
namespace {

constexpr int max_attempts = 8;
constexpr std::size_t random_digits = 32;

std::string own_prefix() {
  return "cachetool-" + std::to_string(geteuid()) + "-";
}

constexpr std::string_view suffix = ".php";

bool is_random(std::string_view name) {
  return name.size() == random_digits && name.find_first_not_of("0123456789abcdef") == name.npos;
}

bool is_own_file_name(std::string_view name) {
  return name.ends_with(suffix) && is_random(name.substr(0, name.size() - suffix.size()));
}

bool is_own_directory_name(std::string_view name) {
  std::string const prefix = own_prefix();
  return name.starts_with(prefix) && is_random(name.substr(prefix.size()));
}

// Removes the agent's file from a directory of ours, held open. False if it holds anything else: then somebody else
// made it under a name like ours, and nothing in it is touched.
bool take_agent_out(int directory) {
  std::vector<std::string> const names = base::names_in(directory, 2);
  if (names.empty()) return true;
  char const* const name = names.front().c_str();
  return names.size() == 1 && is_own_file_name(names.front()) && is_written_agent(directory, name) &&
         unlinkat(directory, name, 0) == 0;
}

// An unnamed file gets its name when it is complete, so a killed run leaves no half-written one. If the file system has
// no such files, or nothing tells which file this is, it has its name from the beginning.
base::unique_fd open_unnamed(int directory) {
  return base::unique_fd(openat(directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
}

bool give_name(int file, int directory, std::string const& name) {
  std::string const self = "/proc/self/fd/" + std::to_string(file);
  return linkat(AT_FDCWD, self.c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

// An ordinary caller is responsible for the directory that it names, whatever links lead there.
base::unique_fd open_place(base_directory const& base, std::string const& path) {
  if (!base.named || !base.root.is_own() || geteuid() == 0) return base.root.open_directory(path);
  return base::unique_fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

private_file::private_file(base_directory const& base, std::string_view content, mode_t mode) {
  try {
    make_directory(base);
    write(content, mode);
  } catch (...) {
    remove();
    throw;
  }
  path_ = base.path + (base.path.ends_with('/') ? "" : "/") + directory_name_ + "/" + file_name_;
}

private_file::private_file(private_file&& other) noexcept = default;

private_file::~private_file() {
  remove();
}

void private_file::open_or_make_base(base_directory const& base) {
  // Other runs may make and remove the same directory meanwhile.
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    base_ = open_place(base, base.path);
    if (base_ || errno != ENOENT || !base.named || make_base(base) || errno != EEXIST) break;
  }
  if (!base_) throw placement_error("cannot use the directory " + base.path, errno);
}

bool private_file::make_base(base_directory const& base) {
  std::filesystem::path const path(base.path);
  parent_ = open_place(base, path.parent_path());
  if (!parent_) return false;
  base_ = placement::make_directory(parent_.get(), path.filename(), 0711);
  if (!base_) return false;
  made_base_ = path.filename();
  return true;
}

void private_file::open_base(base_directory const& base) {
  open_or_make_base(base);
  struct stat info {};
  if (fstat(base_.get(), &info) != 0) throw placement_error("cannot use the directory " + base.path, errno);
  bool const everybody = (info.st_mode & S_IWOTH) != 0;
  if (everybody && (info.st_mode & S_ISVTX) == 0) {
    throw error(error_kind::placement,
                "the directory " + base.path + " can be written by everybody and has no sticky bit")
        .advise("chmod +t " + base::shell_word(base.path) + ", or another --tmp-dir");
  }
  if (base.told_by) check_told(base, info);
  if (base.open_to && !everybody && info.st_uid != *base.open_to) {
    throw error(error_kind::placement, "the directory " + base.path + " is not one of php-fpm's own user");
  }
}

// Judges the directory that was opened, not its name: php-fpm gave the name, and root's own links (/var/run, /var/lock)
// may lead anywhere from it.
void private_file::check_told(base_directory const& base, struct stat const& info) const {
  std::error_code failed;
  std::string const real = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(base_.get()), failed);
  bool const is_users = std::find(base.told_by->begin(), base.told_by->end(), info.st_uid) != base.told_by->end();
  bool const may_be_used = is_users || (info.st_mode & S_IWOTH) != 0;  // then it has the sticky bit
  bool const is_states = real.starts_with("/var/") && !real.starts_with("/var/tmp") && !real.starts_with("/var/www");
  if (failed || is_of_the_system(real) || (is_states && !may_be_used)) {
    throw error(error_kind::placement, "the directory " + base.path + " is one of the system's");
  }
  if (!is_users && (info.st_mode & 0011U) == 0) {
    throw error(error_kind::placement, "php-fpm's user may not enter the directory " + base.path);
  }
}

void private_file::make_directory(base_directory const& base) {
  // Between mkdir and flock another run may take the new directory for a left-over and sweep it. Then this tries again.
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    open_base(base);
    sweep_private_files(base_.get());
    if (try_directory(base.path, own_prefix() + base::random_hex())) return;
  }
  throw error(error_kind::placement, "cannot make a private directory in " + base.path + " that stays");
}

bool private_file::try_directory(std::string const& where, std::string const& name) {
  directory_ = placement::make_directory(base_.get(), name, 0711);
  if (!directory_) {
    if (errno == ENOENT) return false;  // the run that made the base has removed it, or swept this directory
    throw placement_error("cannot make a private directory in " + where, errno);
  }
  directory_name_ = name;
  if (!is_empty_directory(directory_.get())) throw error(error_kind::placement, "the private directory is not ours");
  if (flock(directory_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    throw placement_error("cannot lock a private directory in " + where, errno);
  }
  struct stat linked {};
  return fstatat(base_.get(), name.c_str(), &linked, AT_SYMLINK_NOFOLLOW) == 0;
}

void private_file::write(std::string_view content, mode_t mode) {
  std::string const name = base::random_hex() + std::string(suffix);
  base::unique_fd file = open_unnamed(directory_.get());
  if (file) {
    write_agent(file.get(), content, mode);
    file_name_ = name;
    if (give_name(file.get(), directory_.get(), name)) return;
  }
  file = base::unique_fd(
      openat(directory_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) throw placement_error("cannot make the agent's file", errno);
  file_name_ = name;
  write_agent(file.get(), content, mode);
}

void private_file::remove() noexcept {
  if (directory_ && !file_name_.empty()) unlinkat(directory_.get(), file_name_.c_str(), 0);
  if (base_ && !directory_name_.empty()) unlinkat(base_.get(), directory_name_.c_str(), AT_REMOVEDIR);
  if (parent_ && !made_base_.empty()) unlinkat(parent_.get(), made_base_.c_str(), AT_REMOVEDIR);
  directory_.reset();
  base_.reset();
}

void sweep_private_files(int base) noexcept {
  for (std::string const& name : base::names_in(base)) {
    if (!is_own_directory_name(name)) continue;
    base::unique_fd const directory = open_inside(base, name.c_str(), O_RDONLY | O_DIRECTORY);
    if (!directory || !is_own_directory(directory.get())) continue;
    if (flock(directory.get(), LOCK_EX | LOCK_NB) != 0) continue;  // in use
    if (take_agent_out(directory.get())) unlinkat(base, name.c_str(), AT_REMOVEDIR);
  }
}

}  // namespace cachetool::placement
