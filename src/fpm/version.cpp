#include "fpm/version.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/unique_fd.hpp"

namespace cachetool::fpm {
namespace {

constexpr std::string_view version_bytes = "0123456789.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-+~";
constexpr std::size_t largest_program = std::size_t{128} << 20;

std::string_view digits(std::string_view text) {
  return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
}

// "8.2" from "8.2/fpm", "82/sbin" and "8.2.36", "8" from "8/etc".
std::string version_at(std::string_view text) {
  std::string_view const number = digits(text);
  if (number.empty() || number.size() > 3 || number.front() < '5' || number.front() > '9') return {};
  if (number.size() > 1) return std::string(1, number.front()) + "." + std::string(number.substr(1));
  std::string_view const after = text.substr(1);
  if (!after.starts_with('.') || digits(after.substr(1)).empty()) return std::string(number);
  return std::string(number) + "." + std::string(digits(after.substr(1)));
}

// A version that ends with a NUL byte: "8.2.36" or "8.5.0-dev". Empty if there is none, or only a part of one.
std::string version_text(std::string_view text) {
  std::size_t const end = text.find('\0');
  std::string_view const version = text.substr(0, end);
  bool const is_one =
      end != text.npos && !digits(version).empty() && version.find_first_not_of(version_bytes) == version.npos;
  return is_one ? std::string(version) : std::string();
}

}  // namespace

std::string version_in(std::string_view path) {
  std::string best;
  for (std::size_t at = path.find("php"); at != path.npos; at = path.find("php", at + 3)) {
    std::string_view after = path.substr(at + 3);
    if (after.starts_with("-fpm")) after.remove_prefix(4);
    if (after.starts_with('-') || after.starts_with('/')) after.remove_prefix(1);
    std::string const found = version_at(after);
    if (found.size() > best.size()) best = found;
  }
  return best;
}

std::string version_of_executable(std::string const& path) {
  constexpr std::string_view header = "X-Powered-By: PHP/";
  constexpr std::size_t overlap = 64;  // so that a version at the end of one piece is whole in the next
  std::string buffer(std::size_t{256} << 10, '\0');
  // O_NONBLOCK: never waits, whatever the file is. Not mmap(2): a file that shrinks meanwhile would kill us.
  base::unique_fd const file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!file || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  for (std::size_t offset = 0; offset < largest_program; offset += buffer.size() - overlap) {
    ssize_t const got = pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (got <= 0) break;
    std::string_view const text(buffer.data(), static_cast<std::size_t>(got));
    void const* const at = memmem(text.data(), text.size(), header.data(), header.size());
    if (at == nullptr) continue;
    auto const begin = static_cast<std::size_t>(static_cast<char const*>(at) - text.data()) + header.size();
    std::string found = version_text(text.substr(begin, overlap));
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace cachetool::fpm
