#include "cli/settings/read_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <cachetool/error.hpp>

#include "base/text.hpp"
#include "base/unique_fd.hpp"

namespace cachetool::cli {

std::string read_file(std::string const& path) {
  auto const failed = [&path] {
    std::string const what = path == "-" ? "standard input" : "the file " + path;
    return error(error_kind::usage, what + " cannot be read: " + base::errno_text(errno));
  };
  base::unique_fd const file(path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                         : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw failed();
  std::string text;
  char buffer[16384];
  for (;;) {
    ssize_t const count = read(file.get(), buffer, sizeof buffer);
    if (count == 0) return text;
    if (count < 0) throw failed();
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

std::vector<std::string> split_list(std::string_view text) {
  char const end = text.find('\0') != std::string_view::npos ? '\0' : '\n';
  std::vector<std::string> out;
  while (!text.empty()) {
    std::string_view const part = text.substr(0, text.find(end));
    if (!part.empty()) out.emplace_back(part);
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  return out;
}

}  // namespace cachetool::cli
