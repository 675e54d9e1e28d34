#include "support/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace cachetool::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::vector<std::string> environment_of(program_options const& options) {
  std::vector<std::string> result;
  for (auto const* name : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    char const* value = std::getenv(name);
    if (value != nullptr && !options.environment.contains(name)) result.push_back(std::string{name} + "=" + value);
  }
  for (auto const& [name, value] : options.environment) result.push_back(name + "=" + value);
  return result;
}

milliseconds until(steady_clock::time_point deadline) {
  return std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()));
}

/// Appends what is there. False at the end of the stream.
bool take(int fd, std::string& text) {
  std::array<char, 65536> buffer;
  auto const count = read(fd, buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && errno == EINTR);
}

/// Reads both until both have ended. False if that was not before the deadline.
bool drain(int out, int err, program_result& result, steady_clock::time_point deadline) {
  std::array<pollfd, 2> streams{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  std::array<std::string*, 2> const texts{&result.out, &result.err};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    if (poll(streams.data(), streams.size(), static_cast<int>(until(deadline).count())) == 0) return false;
    for (std::size_t i = 0; i < streams.size(); ++i) {
      if (streams[i].revents != 0 && !take(streams[i].fd, *texts[i])) streams[i].fd = -1;
    }
  }
  return true;
}

}  // namespace

std::string built_program() {
  char const* path = std::getenv("CACHETOOL_PROGRAM");
  return path != nullptr ? path : CACHETOOL_PROGRAM_DEFAULT;
}

program::pipe_pair::pipe_pair() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  read_end = ends[0];
  write_end = ends[1];
}

program::program(std::vector<std::string> const& arguments, program_options const& options)
    : child_(plan(arguments, options)), deadline_(steady_clock::now() + options.timeout) {
  close(out_.write_end);
  close(err_.write_end);
}

program::~program() {
  close(out_.read_end);
  close(err_.read_end);
}

child_options program::plan(std::vector<std::string> const& arguments, program_options const& options) const {
  child_options result;
  result.argv = {options.path.empty() ? built_program() : options.path};
  result.argv.insert(result.argv.end(), arguments.begin(), arguments.end());
  result.environment = environment_of(options);
  result.directory = options.directory;
  result.user = options.user;
  result.standard_input = options.standard_input;
  result.standard_output = options.standard_output >= 0 ? options.standard_output : out_.write_end;
  result.standard_error = err_.write_end;
  return result;
}

program_result program::finish() {
  program_result result;
  bool const ended = drain(out_.read_end, err_.read_end, result, deadline_) && child_.wait(until(deadline_));
  if (!ended) {
    result.timed_out = true;
    child_.signal(SIGKILL);
  }
  int const status = child_.wait(std::chrono::seconds{5}).value_or(0);
  if (WIFSIGNALED(status)) {
    result.signal = WTERMSIG(status);
  } else {
    result.exit_code = WEXITSTATUS(status);
  }
  return result;
}

program_result run_program(std::vector<std::string> const& arguments, program_options const& options) {
  return program{arguments, options}.finish();
}

}  // namespace cachetool::test
