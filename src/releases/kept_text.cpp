#include "releases/kept_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/random_hex.hpp"
#include "base/replace_file.hpp"
#include "base/unique_fd.hpp"

namespace cachetool::releases {
namespace {

using base::unique_fd;

bool is_believed(struct stat const& file, struct stat const& directory, std::size_t most_bytes) {
  bool const owned = file.st_uid == 0 || file.st_uid == geteuid() || file.st_uid == directory.st_uid;
  return S_ISREG(file.st_mode) && owned && (file.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
         file.st_size <= static_cast<off_t>(most_bytes);
}

std::string read_all(int file, std::size_t most_bytes) {
  std::string text;
  std::array<char, 4096> part;
  while (text.size() < most_bytes) {
    ssize_t const count = ::read(file, part.data(), std::min(part.size(), most_bytes - text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

std::string read_kept(int directory, kept_name const& of, std::size_t most_bytes) {
  std::string const name = of.file();
  unique_fd const file(openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  struct stat around {};
  bool const is_there = file && fstat(file.get(), &info) == 0 && fstat(directory, &around) == 0;
  return is_there && is_believed(info, around, most_bytes) ? read_all(file.get(), most_bytes) : "";
}

bool keep(int directory, kept_name const& as, std::string_view text, mode_t mode) {
  // site_link sweeps away what is left under such a name.
  std::string const made = "." + as.link + "." + base::random_hex();
  return base::replace_file(directory, as.file(), made, text, mode) == 0;
}

}  // namespace cachetool::releases
