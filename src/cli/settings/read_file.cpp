#include "cli/settings/read_file.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include <cachetool/error.hpp>

#include "base/take.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"

namespace cachetool::cli {
namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

constexpr std::size_t most_bytes = std::size_t{256} << 20;
constexpr milliseconds for_others{5000};  // to open the other end of a named pipe, or to give up a lease

// A pipe without a name (standard input, the shell's "<(command)") has both ends from the beginning.
bool is_named_pipe(int file) {
  struct stat info {};
  struct statfs system {};
  return fstat(file, &info) == 0 && S_ISFIFO(info.st_mode) && fstatfs(file, &system) == 0 &&
         system.f_type != PIPEFS_MAGIC;
}

class reading {
 public:
  reading(std::string const& path, std::optional<milliseconds> patience)
      : path_(path), what_(path == "-" ? "standard input" : "the file " + path) {
    if (patience) until_ = clock::now() + *patience;
    path == "-" ? take_input() : open_file();
  }

  std::string all() {
    std::string text;
    char buffer[16384];
    for (;;) {
      if (is_input_) wait();
      ssize_t const count = read(file_.get(), buffer, sizeof buffer);
      if (count == 0 && !is_pipe_) return text;
      if (count < 0 && errno != EAGAIN) throw failed(base::errno_text(errno));
      if (count == 0) await_writer();
      if (count < 0) wait();
      is_pipe_ = false;  // it has its other end now
      if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
      if (text.size() > most_bytes) throw failed("it is larger than 256 MiB");
    }
  }

 private:
  [[nodiscard]] error failed(std::string const& why) const {
    return error(error_kind::usage, what_ + " cannot be read: " + why);
  }

  // The description is shared with the process that started this one, so its flags stay as they are.
  void take_input() {
    is_input_ = true;
    file_ = base::unique_fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!file_) throw failed(base::errno_text(errno));
  }

  void open_file() {
    auto const latest = clock::now() + left(for_others);
    for (;;) {
      file_ = base::unique_fd(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
      if (file_) break;
      if (errno != EWOULDBLOCK) throw failed(base::errno_text(errno));
      if (clock::now() >= latest) throw failed("another process holds a lease on it");
      std::this_thread::sleep_for(milliseconds{20});
    }
    is_pipe_ = is_named_pipe(file_.get());
  }

  [[nodiscard]] milliseconds left(milliseconds otherwise) const {
    if (!until_) return otherwise;
    return std::clamp(std::chrono::ceil<milliseconds>(*until_ - clock::now()), milliseconds{0}, otherwise);
  }

  bool comes_within(std::optional<milliseconds> time) {
    pollfd each{file_.get(), POLLIN, 0};
    int const come = poll(&each, 1, time ? static_cast<int>(time->count()) : -1);
    return come > 0 || (come < 0 && errno == EINTR);
  }

  void wait() {
    constexpr milliseconds longest{1'000'000'000};
    if (comes_within(until_ ? std::optional(left(longest)) : std::nullopt)) return;
    throw error(error_kind::timeout, what_ + " has not ended in time; nothing was done");
  }

  void await_writer() {
    if (!comes_within(left(for_others))) throw failed("it is a named pipe to which nobody writes");
  }

  std::string path_;
  std::string what_;
  std::optional<clock::time_point> until_;
  base::unique_fd file_;
  bool is_input_ = false;
  bool is_pipe_ = false;  // perhaps nobody has opened its other end yet
};

}  // namespace

std::string read_file(std::string const& path, std::optional<milliseconds> patience) {
  return reading(path, patience).all();
}

std::vector<std::string> split_list(std::string_view text) {
  char const end = text.find('\0') != std::string_view::npos ? '\0' : '\n';
  std::vector<std::string> out;
  while (!text.empty()) {
    std::string_view const part = base::take_until(text, end);
    if (!part.empty()) out.emplace_back(part);
  }
  return out;
}

}  // namespace cachetool::cli
