#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace cachetool::test {

struct child_options {
  std::vector<std::string> argv;         ///< argv[0] is the path of the program
  std::vector<std::string> environment;  ///< "NAME=value"; the whole of it, nothing is inherited
  std::string directory = "/";           ///< current directory of the child

  /// Runs as this user, with the user's own group and no other. The program is opened before, so that it may lie where
  /// that user cannot go.
  std::optional<uid_t> user;

  // Descriptors that become 0, 1 and 2 of the child; -1: /dev/null.
  int standard_input = -1;
  int standard_output = -1;
  int standard_error = -1;
};

/// A child of this process. It is sent SIGTERM when this process dies, however it dies. The destructor kills it, and
/// its own children: a php-fpm that is killed leaves its workers behind.
///
/// Start it in the main thread: the kernel ties its life to the thread that started it.
class child_process {
 public:
  /// Throws std::system_error if it could not be started.
  explicit child_process(child_options const& options);
  child_process(child_process&& other) noexcept;
  child_process& operator=(child_process&&) = delete;
  ~child_process();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  /// Sends a signal; nothing happens to a process that has ended.
  void signal(int number) const noexcept;

  /// Its own children that there are now, as the kernel lists them for its main thread.
  [[nodiscard]] std::vector<pid_t> children() const;

  /// Kills it and its children, and waits until it is gone.
  void kill_all() noexcept;

  /// The status as waitpid(2) gives it, or nothing if the child still runs after LIMIT. May be called again.
  std::optional<int> wait(std::chrono::milliseconds limit);

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace cachetool::test
