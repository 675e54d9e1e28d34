#include "adapter/private_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include <cachetool/fastcgi/error.hpp>

#include "adapter/write_file.hpp"
#include "agent/random_hex.hpp"

namespace cachetool::adapter {
namespace {

constexpr int max_attempts = 8;
constexpr std::size_t random_digits = 32;

std::string own_prefix() {
  return "cachetool-" + std::to_string(geteuid()) + "-";
}

bool is_own_directory(int fd) {
  struct stat info {};
  return fstat(fd, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid() && (info.st_mode & 0022U) == 0;
}

// "<32 hex digits>.php"
bool is_own_file_name(std::string_view name) {
  constexpr std::string_view suffix = ".php";
  return name.size() == random_digits + suffix.size() && name.ends_with(suffix) &&
         name.find_first_not_of("0123456789abcdef") == random_digits;
}

// Removes the files in a directory that make up an agent. Anything else stays, and keeps the directory.
void empty_directory(int fd) noexcept {
  int const copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, int (*)(DIR*)> const list(copy >= 0 ? fdopendir(copy) : nullptr, closedir);
  while (dirent const* entry = list ? readdir(list.get()) : nullptr) {
    if (is_own_file_name(entry->d_name)) unlinkat(fd, entry->d_name, 0);
  }
}

// What an ordinary caller names is the caller's affair, whatever links lead there.
fastcgi::unique_fd open_place(base_directory const& base, std::string const& path) {
  if (!base.named || !base.root.is_own() || geteuid() == 0) return base.root.open_directory(path);
  return fastcgi::unique_fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
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
    if (base_ || errno != ENOENT || !base.named || !make_base(base)) break;
  }
  if (!base_) throw placement_error("cannot use the directory " + base.path, errno);
}

bool private_file::make_base(base_directory const& base) {
  std::filesystem::path const path(base.path);
  parent_ = open_place(base, path.parent_path());
  if (!parent_) return false;
  if (mkdirat(parent_.get(), path.filename().c_str(), 0711) != 0) return errno == EEXIST;
  made_base_ = path.filename();
  // Whatever the umask says, php-fpm's user must be able to enter.
  fastcgi::unique_fd const made(
      openat(parent_.get(), made_base_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  fchmod(made.get(), 0711);
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
        .advise("chmod +t " + base.path + ", or another --tmp-dir");
  }
  if (base.open_to && !everybody && info.st_uid != *base.open_to) {
    throw error(error_kind::placement, "the directory " + base.path + " is not one of php-fpm's own user");
  }
}

void private_file::make_directory(base_directory const& base) {
  // Between mkdir and flock another run may take a new directory for a left-over and sweep it: then once more.
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    open_base(base);
    sweep_private_files(base_.get());
    if (try_directory(own_prefix() + agent::random_hex())) return;
  }
  throw error(error_kind::placement, "cannot make a private directory that stays");
}

bool private_file::try_directory(std::string const& name) {
  if (mkdirat(base_.get(), name.c_str(), 0700) != 0) {
    if (errno == ENOENT) return false;  // the run that had made the base has removed it
    throw placement_error("cannot make a private directory", errno);
  }
  directory_name_ = name;
  directory_ = fastcgi::unique_fd(openat(base_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory_) return false;
  if (flock(directory_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    throw placement_error("cannot lock a private directory", errno);
  }
  struct stat linked {};
  if (fstatat(base_.get(), name.c_str(), &linked, AT_SYMLINK_NOFOLLOW) != 0) return false;
  if (!is_own_directory(directory_.get())) throw error(error_kind::placement, "the private directory is not ours");
  return fchmod(directory_.get(), 0711) == 0;
}

void private_file::write(std::string_view content, mode_t mode) {
  file_name_ = agent::random_hex() + ".php";
  fastcgi::unique_fd const file(
      openat(directory_.get(), file_name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) throw placement_error("cannot make the agent's file", errno);
  write_agent(file.get(), content, mode);
}

void private_file::remove() noexcept {
  if (directory_) unlinkat(directory_.get(), file_name_.c_str(), 0);
  if (base_ && !directory_name_.empty()) unlinkat(base_.get(), directory_name_.c_str(), AT_REMOVEDIR);
  if (parent_ && !made_base_.empty()) unlinkat(parent_.get(), made_base_.c_str(), AT_REMOVEDIR);
  directory_.reset();
  base_.reset();
}

void sweep_private_files(int base) noexcept {
  int const copy = openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, int (*)(DIR*)> const list(copy >= 0 ? fdopendir(copy) : nullptr, closedir);
  std::string const prefix = own_prefix();
  while (dirent const* entry = list ? readdir(list.get()) : nullptr) {
    std::string_view const name = entry->d_name;
    if (!name.starts_with(prefix) || name.size() != prefix.size() + random_digits) continue;
    fastcgi::unique_fd const directory(openat(base, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory || !is_own_directory(directory.get())) continue;
    if (flock(directory.get(), LOCK_EX | LOCK_NB) != 0) continue;  // in use
    empty_directory(directory.get());
    unlinkat(base, entry->d_name, AT_REMOVEDIR);
  }
}

}  // namespace cachetool::adapter
