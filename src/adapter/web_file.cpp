#include "adapter/web_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "base/names_in.hpp"
#include "base/random_hex.hpp"
#include "base/text.hpp"
#include "placement/write_file.hpp"

namespace cachetool::adapter {
namespace {

constexpr std::string_view prefix = "cachetool-";
constexpr std::string_view suffix = ".php";
constexpr std::size_t random_digits = 32;

bool is_left_over(int file) {
  constexpr std::time_t an_hour = 3600;  // a new file may not be locked yet
  struct stat info {};
  return fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
         info.st_ctim.tv_sec < std::time(nullptr) - an_hour && flock(file, LOCK_EX | LOCK_NB) == 0;
}

void sweep(int directory) {
  for (std::string const& name : base::names_in(directory)) {
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) continue;
    if (name.size() != prefix.size() + random_digits + suffix.size()) continue;
    base::unique_fd const file(openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file && is_left_over(file.get()) && placement::is_written_agent(directory, name.c_str())) {
      unlinkat(directory, name.c_str(), 0);
    }
  }
}

}  // namespace

web_file::web_file(std::string const& directory, std::string_view content)
    : directory_(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (!directory_) {
    throw error(error_kind::usage, "the document root " + directory + " cannot be used: " + base::errno_text(errno))
        .advise("name the directory that the web server serves as --web-url: --web-path=DIR");
  }
  sweep(directory_.get());
  name_ = std::string(prefix) + base::random_hex() + std::string(suffix);
  file_ = base::unique_fd(
      openat(directory_.get(), name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file_) throw placement::placement_error("cannot make a file in the document root " + directory, errno);
  flock(file_.get(), LOCK_EX | LOCK_NB);
  try {
    placement::write_agent(file_.get(), content, 0444);
  } catch (error const&) {
    unlinkat(directory_.get(), name_.c_str(), 0);
    throw;
  }
}

web_file::~web_file() {
  unlinkat(directory_.get(), name_.c_str(), 0);
}

}  // namespace cachetool::adapter
