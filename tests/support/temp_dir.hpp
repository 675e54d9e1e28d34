#pragma once

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace cachetool::test {

/// A new directory below /tmp (a socket address holds 107 bytes: TMPDIR may be too long), removed with all that is in
/// it. Everybody may read it, because the workers of a php-fpm that root starts are somebody else.
class temp_dir {
 public:
  temp_dir() : path_("/tmp/cachetool-test-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
    chmod(path_.c_str(), 0755);
  }
  temp_dir(temp_dir const&) = delete;
  temp_dir& operator=(temp_dir const&) = delete;
  ~temp_dir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string const& path() const noexcept { return path_; }

  /// The path of NAME in this directory.
  [[nodiscard]] std::string operator/(std::string const& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace cachetool::test
