#include "caches/site_link.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <cachetool/fastcgi/error.hpp>

#include "agent/random_hex.hpp"
#include "fastcgi/text.hpp"
#include "fastcgi/unique_fd.hpp"

namespace cachetool::deploy {
namespace {

namespace fs = std::filesystem;

error cannot(std::string const& what, int code) {
  return error(error_kind::usage, what + ": " + fastcgi::errno_text(code))
      .advise("run this as a user who may write the directory that the link lies in");
}

std::string real_path(std::string const& path) {
  std::error_code failed;
  fs::path const real = fs::canonical(path, failed);
  return failed ? std::string() : real.string();
}

// What the link is to hold: relative if it was.
std::string link_text(std::string const& link, std::string const& release) {
  std::error_code failed;
  fs::path const before = fs::read_symlink(link, failed);
  if (failed || before.is_absolute()) return release;
  return fs::path(release).lexically_relative(real_path(fs::path(link).parent_path().string())).string();
}

// Only root can give the new link away, and only root needs to. Who may write the directory may have put another file
// in its place, so it is given by its descriptor, and only if it is root's own link and has no other name.
void give_to(struct stat const& owner, int directory, std::string const& made) {
  fastcgi::unique_fd const link(openat(directory, made.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!link || fstat(link.get(), &info) != 0) return;
  if (!S_ISLNK(info.st_mode) || info.st_uid != 0 || info.st_nlink != 1) return;
  [[maybe_unused]] int const given = fchownat(link.get(), "", owner.st_uid, owner.st_gid, AT_EMPTY_PATH);
}

}  // namespace

site_link::site_link(std::string current) : path_(std::move(current)) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
  struct stat info {};
  if (lstat(path_.c_str(), &info) == 0) {
    if (S_ISLNK(info.st_mode)) return;
    throw error(error_kind::usage, path_ + " is not a symbolic link")
        .advise("releases are switched by a link: name that link, not the directory that it leads to");
  }
  if (errno != ENOENT || !fs::is_directory(fs::path(path_).parent_path())) {
    throw cannot("the link " + path_ + " cannot be used", errno);
  }
}

std::string site_link::target() const {
  return real_path(path_);
}

void site_link::lead_to(std::string const& release) const {
  fs::path const path(path_);
  std::string const name = path.filename().string();
  std::string const text = link_text(path_, release);
  fastcgi::unique_fd const directory(open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) throw cannot("the directory of " + path_ + " cannot be opened", errno);
  struct stat before {};
  bool const was_there = fstatat(directory.get(), name.c_str(), &before, AT_SYMLINK_NOFOLLOW) == 0;
  std::string const made = "." + name + "." + agent::random_hex();
  if (symlinkat(text.c_str(), directory.get(), made.c_str()) != 0)
    throw cannot("cannot make a link beside " + path_, errno);
  if (was_there && geteuid() == 0) give_to(before, directory.get(), made);
  if (renameat(directory.get(), made.c_str(), directory.get(), name.c_str()) == 0) return;
  int const code = errno;
  unlinkat(directory.get(), made.c_str(), 0);
  throw cannot("cannot switch the link " + path_, code);
}

}  // namespace cachetool::deploy
