#include "base/replace_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/unique_fd.hpp"

namespace cachetool::base {
namespace {

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    ssize_t const count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

int replace_file(int directory, std::string const& name, std::string const& beside, std::string_view text,
                 mode_t mode) {
  unique_fd const file(openat(directory, beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return errno;
  bool const written = write_all(file.get(), text) && fchmod(file.get(), mode) == 0;
  if (written && renameat(directory, beside.c_str(), directory, name.c_str()) == 0) return 0;
  int const failed = errno;
  unlinkat(directory, beside.c_str(), 0);
  return failed;
}

}  // namespace cachetool::base
