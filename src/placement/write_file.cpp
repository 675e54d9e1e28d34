#include "placement/write_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "agent/agent.hpp"
#include "placement/new_directory.hpp"

namespace cachetool::placement {

error placement_error(std::string const& what, int errno_value) {
  return error(error_kind::placement, what + ": " + std::generic_category().message(errno_value));
}

void write_agent(int fd, std::string_view content, mode_t mode) {
  while (!content.empty()) {
    ssize_t const written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw placement_error("cannot write the agent's file", errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  timespec const epoch[2] = {{0, 0}, {0, 0}};
  if (fchmod(fd, mode) != 0 || futimens(fd, epoch) != 0) {
    throw placement_error("cannot prepare the agent's file", errno);
  }
}

bool holds(int fd, std::string_view content) noexcept {
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return false;
  if (info.st_size != static_cast<off_t>(content.size())) return false;
  std::string bytes(content.size() + 1, '\0');
  return pread(fd, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(content.size()) &&
         std::string_view(bytes).substr(0, content.size()) == content;
}

bool is_written_agent(int directory, char const* name) noexcept {
  base::unique_fd const file = open_inside(directory, name, O_RDONLY | O_NONBLOCK);
  struct stat info {};
  if (!file || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  bool const is_ours = info.st_uid == geteuid() && info.st_nlink == 1 && (info.st_mode & 07133U) == 0;
  bool const is_marked = info.st_mtime == 0 || (info.st_mode & 0777U) == 0600;
  char beginning[128];
  ssize_t const size = pread(file.get(), beginning, sizeof beginning, 0);
  return is_ours && is_marked && size > 0 && agent::begins_an_agent({beginning, static_cast<std::size_t>(size)});
}

}  // namespace cachetool::placement
