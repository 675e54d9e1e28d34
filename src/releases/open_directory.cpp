#include "releases/open_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <vector>

#include <cachetool/error.hpp>

#include "base/path.hpp"
#include "base/text.hpp"

namespace cachetool::releases {
namespace {

namespace fs = std::filesystem;

error cannot_open(std::string const& path, int code) {
  return error(error_kind::usage, "the directory " + path + " cannot be opened: " + base::errno_text(code))
      .advise("run this as a user who may write the directory that the link lies in");
}

/// Walks to a directory component by component, so that nobody can change a part that was already checked.
class checked_path {
 public:
  explicit checked_path(std::string const& path) : path_(path) {
    put(path);
    if (!fs::path(path).is_absolute()) here_ = open_here(AT_FDCWD, ".");
  }

  base::unique_fd walk() {
    for (int links = 0; !rest_.empty();) {
      std::string const name = std::move(rest_.back());
      rest_.pop_back();
      struct stat info {};
      base::unique_fd next(openat(here_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
      if (!next || fstat(next.get(), &info) != 0) throw cannot_open(path_, errno);
      if (!S_ISLNK(info.st_mode)) {
        here_ = std::move(next);
        continue;
      }
      if (++links > most_links) throw cannot_open(path_, ELOOP);
      if (info.st_uid != 0 && info.st_uid != geteuid()) owners_.push_back(info.st_uid);
      put(target_of(next.get()));
    }
    return arrive();
  }

 private:
  static constexpr int most_links = 40;  // as the kernel

  base::unique_fd open_here(int from, char const* name) const {
    base::unique_fd opened(openat(from, name, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!opened) throw cannot_open(path_, errno);
    return opened;
  }

  // These components come before the rest.
  void put(fs::path const& path) {
    if (path.is_absolute()) here_ = open_here(AT_FDCWD, "/");
    std::vector<std::string> names;
    for (fs::path const& each : path.relative_path()) {
      if (!each.empty()) names.push_back(each.string());
    }
    rest_.insert(rest_.end(), names.rbegin(), names.rend());
  }

  std::string target_of(int link) const {
    std::array<char, PATH_MAX> text{};
    ssize_t const size = readlinkat(link, "", text.data(), text.size());
    if (size <= 0) throw cannot_open(path_, errno);
    return {text.data(), static_cast<std::size_t>(size)};
  }

  base::unique_fd arrive() const {
    base::unique_fd opened(openat(here_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat info {};
    if (!opened || fstat(opened.get(), &info) != 0) throw cannot_open(path_, errno);
    for (uid_t const owner : owners_) {
      if (owner == info.st_uid) continue;
      throw error(error_kind::usage, path_ + " leads through a link of user " + std::to_string(owner) +
                                         "'s into a directory of user " + std::to_string(info.st_uid) + "'s")
          .advise("if that is meant, name the directory that it leads to: " + base::shell_word(base::real_path(path_)));
    }
    return opened;
  }

  std::string path_;
  base::unique_fd here_;
  std::vector<std::string> rest_;  // the components that are still ahead, the next one last
  std::vector<uid_t> owners_;      // of links that somebody else made
};

}  // namespace

base::unique_fd open_directory(std::string const& path) {
  return checked_path(path).walk();
}

}  // namespace cachetool::releases
