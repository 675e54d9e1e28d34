#include "releases/file_hashes.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include "base/file_info.hpp"
#include "base/sha256.hpp"
#include "base/unique_fd.hpp"
#include "releases/open_file.hpp"

namespace cachetool::releases {
namespace {

constexpr std::int64_t clock_step = 1'000'000'000;
constexpr std::size_t most_hashed = 8 * 1024 * 1024;

// A file system's clock moves in steps: two writes within one step may leave the same ctime.
bool is_settled(struct stat const& info) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return base::nanoseconds(info.st_ctim) < base::nanoseconds(now) - clock_step;
}

std::string hash_of(int file) {
  std::string text;
  std::array<char, 65536> part;
  while (text.size() <= most_hashed) {
    ssize_t const count = ::read(file, part.data(), part.size());
    if (count == 0) return base::sha256(text);
    if (count < 0 && errno != EINTR) break;
    if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

bool hashed_file::looks_like(struct stat const& info) const noexcept {
  return !sha256.empty() && info.st_ino == inode && info.st_size == size && base::nanoseconds(info.st_ctim) == changed;
}

void file_hashes::know(std::string const& path, hashed_file file) {
  known_[path] = std::move(file);
}

hashed_file file_hashes::of(std::string const& path) {
  base::unique_fd const file = open_file(path);
  struct stat info {};
  if (!file || fstat(file.get(), &info) != 0) return {};
  if (auto const known = known_.find(path); known != known_.end() && known->second.looks_like(info)) {
    return known->second;
  }
  hashed_file out{hash_of(file.get()), info.st_ino, info.st_size, base::nanoseconds(info.st_ctim)};
  struct stat after {};
  if (fstat(file.get(), &after) != 0 || !out.looks_like(after)) return {};
  if (!is_settled(info)) out.changed = 0;  // no file looks like this
  return known_[path] = std::move(out);
}

}  // namespace cachetool::releases
