#include "support/child_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace cachetool::test {
namespace {

std::vector<char*> pointers(std::vector<std::string> const& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (auto const& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

struct identity {
  uid_t user;
  gid_t group;
};

/// All that the child needs, made before fork(): after it only async-signal-safe calls are allowed.
struct plan {
  std::vector<char*> argv;
  std::vector<char*> environment;
  char const* directory;
  int program = -1;  ///< open when it is to be run by another user
  std::optional<identity> become;
  int null = -1;
  int descriptors[3];
};

bool take_descriptors(plan const& p) {
  for (int target = 0; target < 3; ++target) {
    int const source = p.descriptors[target] < 0 ? p.null : p.descriptors[target];
    if (dup2(source, target) < 0) return false;
  }
  return true;
}

bool switch_to(identity const& who) {
  return setgroups(0, nullptr) == 0 && setgid(who.group) == 0 && setuid(who.user) == 0;
}

[[noreturn]] void run_child(plan const& p, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  bool const ready = chdir(p.directory) == 0 && take_descriptors(p) && (!p.become || switch_to(*p.become));
  // After setuid(), which clears it. The parent may have died before it was set.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (!ready || getppid() != parent) _exit(126);
  if (p.program >= 0) {
    fexecve(p.program, p.argv.data(), p.environment.data());
  } else {
    execve(p.argv.front(), p.argv.data(), p.environment.data());
  }
  _exit(127);
}

std::optional<identity> look_up(std::optional<uid_t> user) {
  if (!user) return std::nullopt;
  auto const* entry = getpwuid(*user);
  return identity{*user, entry != nullptr ? entry->pw_gid : static_cast<gid_t>(*user)};
}

}  // namespace

child_process::child_process(child_options const& options) {
  plan p{pointers(options.argv),
         pointers(options.environment),
         options.directory.c_str(),
         -1,
         look_up(options.user),
         open("/dev/null", O_RDWR | O_CLOEXEC),
         {options.standard_input, options.standard_output, options.standard_error}};
  if (p.become) p.program = open(options.argv.front().c_str(), O_PATH | O_CLOEXEC);
  pid_t const parent = getpid();
  pid_ = fork();
  if (pid_ == 0) run_child(p, parent);
  int const saved = errno;
  if (p.program >= 0) close(p.program);
  close(p.null);
  errno = saved;
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
}

child_process::child_process(child_process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}

child_process::~child_process() {
  if (pid_ >= 0) kill_all();
}

std::vector<pid_t> child_process::children() const {
  auto const id = std::to_string(pid_);
  std::ifstream in{"/proc/" + id + "/task/" + id + "/children"};
  std::vector<pid_t> result;
  for (pid_t child = 0; in >> child;) result.push_back(child);
  return result;
}

void child_process::kill_all() noexcept {
  if (status_) return;
  signal(SIGSTOP);  // so that there will be no more of them
  auto const left = children();
  signal(SIGKILL);
  for (pid_t const child : left) kill(child, SIGKILL);
  int status = 0;
  if (waitpid(pid_, &status, 0) == pid_) status_ = status;
}

void child_process::signal(int number) const noexcept {
  if (!status_) kill(pid_, number);
}

std::optional<int> child_process::wait(std::chrono::milliseconds limit) {
  auto const deadline = std::chrono::steady_clock::now() + limit;
  while (!status_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      status_ = status;
    } else if (std::chrono::steady_clock::now() >= deadline) {
      break;
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }
  return status_;
}

}  // namespace cachetool::test
