#include "adapter/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>

#include "adapter/adapter.hpp"
#include "base/deadline.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"

namespace cachetool::adapter {
namespace {

using base::unique_fd;

constexpr std::size_t kept_of_stderr = 8192;

std::system_error system_failure(char const* what) {
  return std::system_error(errno, std::generic_category(), what);
}

// A descriptor with a number that the child does not use.
unique_fd raised(int fd) {
  unique_fd const low(fd);
  unique_fd high(fcntl(low.get(), F_DUPFD_CLOEXEC, 10));
  if (!high) throw system_failure("cannot prepare a child process");
  return high;
}

// All of the child's input is there from the beginning, so nobody has to feed it.
unique_fd file_with(std::string_view text) {
  unique_fd file = raised(memfd_create("cachetool", MFD_CLOEXEC));
  while (!text.empty()) {
    ssize_t const written = write(file.get(), text.data(), text.size());
    if (written < 0 && errno != EINTR) throw system_failure("cannot prepare a child's input");
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

struct pipe_ends {
  unique_fd read;
  unique_fd write;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw system_failure("cannot make a pipe");
  return {raised(ends[0]), raised(ends[1])};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_with(std::vector<std::string> const& added) {
  std::vector<std::string> all = added;
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  return all;
}

// The child gets its own signals back: this process blocks some, to read them from a signalfd, and ignores SIGPIPE.
class spawn_settings {
 public:
  spawn_settings() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t none{};
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    sigset_t ignored{};
    sigemptyset(&ignored);
    sigaddset(&ignored, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &ignored);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~spawn_settings() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  }
  spawn_settings(spawn_settings const&) = delete;
  spawn_settings& operator=(spawn_settings const&) = delete;

  void give(unique_fd const& from, int as) { posix_spawn_file_actions_adddup2(&actions, from.get(), as); }

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

class child {
 public:
  explicit child(child_options const& options) {
    pipe_ends out = make_pipe();
    pipe_ends err = make_pipe();
    unique_fd const input = file_with(options.input);
    unique_fd const extra = file_with(options.extra_input);
    spawn_settings settings;
    settings.give(input, STDIN_FILENO);
    settings.give(out.write, STDOUT_FILENO);
    settings.give(err.write, STDERR_FILENO);
    settings.give(extra, 3);
    std::vector<std::string> arguments = options.argv;
    std::vector<std::string> environment = environment_with(options.environment);
    int const failed = posix_spawnp(&pid_, arguments.front().c_str(), &settings.actions, &settings.attributes,
                                    pointers(arguments).data(), pointers(environment).data());
    if (failed == ENOENT) {
      throw error(error_kind::unreachable, "there is no " + options.argv.front() + " in PATH")
          .advise("install " + options.argv.front() + ", or add its directory to PATH");
    }
    if (failed != 0) {
      throw error(error_kind::unreachable, "cannot run " + options.argv.front() + ": " + base::errno_text(failed));
    }
    out_ = std::move(out.read);
    err_ = std::move(err.read);
  }

  ~child() {
    if (status_) return;
    kill(pid_, SIGTERM);
    constexpr int patience = 50;
    for (int i = 0; i < patience && !ended(); ++i) poll(nullptr, 0, 10);
    if (status_) return;
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  child(child const&) = delete;
  child& operator=(child const&) = delete;

  [[nodiscard]] int out() const noexcept { return out_.get(); }
  [[nodiscard]] int err() const noexcept { return err_.get(); }

  bool ended() {
    int status = 0;
    if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
    return status_.has_value();
  }

  /// Only once it has ended.
  [[nodiscard]] int status() const noexcept {
    return WIFEXITED(*status_) ? WEXITSTATUS(*status_) : 128 + WTERMSIG(*status_);
  }

 private:
  pid_t pid_ = -1;
  unique_fd out_;
  unique_fd err_;
  std::optional<int> status_;
};

class waiter {
 public:
  explicit waiter(child_options const& options) : options_(options), end_(base::after(options.timeout)) {}

  // Waits until one of the streams can be read, for `longest` ms at most.
  template <std::size_t Count>
  void wait(std::array<pollfd, Count>& streams, int longest) const {
    if (base::passed(end_)) {
      throw error(error_kind::timeout,
                  options_.argv.front() + " did not end within " + base::duration_text(options_.timeout))
          .advise("--timeout=SECONDS waits longer");
    }
    streams.back() = {options_.interrupt_fd, POLLIN, 0};
    if (poll(streams.data(), streams.size(), longest) <= 0) return;
    if (streams.back().revents != 0) throw error(error_kind::interrupted, "interrupted");
  }

 private:
  child_options const& options_;
  base::time_point end_;
};

// Passes on what can be read. False at the end.
bool take(int fd, std::function<void(std::string_view)> const& sink) {
  std::array<char, 65536> buffer{};
  ssize_t const count = read(fd, buffer.data(), buffer.size());
  if (count > 0) sink({buffer.data(), static_cast<std::size_t>(count)});
  return count > 0 || (count < 0 && errno == EINTR);
}

}  // namespace

child_result run_child(child_options const& options, std::function<void(std::string_view)> const& out) {
  child running(options);
  waiter const until(options);
  child_result result;
  auto const keep = [&result](std::string_view text) {
    result.err.append(text.substr(0, kept_of_stderr - result.err.size()));
  };
  std::array<pollfd, 3> streams{pollfd{running.out(), POLLIN, 0}, pollfd{running.err(), POLLIN, 0}, pollfd{}};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    constexpr int a_while = 100;
    until.wait(streams, a_while);
    if (streams[0].revents != 0 && !take(streams[0].fd, out)) streams[0].fd = -1;
    if (streams[1].revents != 0 && !take(streams[1].fd, keep)) streams[1].fd = -1;
  }
  std::array<pollfd, 1> none{};
  while (!running.ended()) until.wait(none, 2);
  result.status = running.status();
  return result;
}

}  // namespace cachetool::adapter
