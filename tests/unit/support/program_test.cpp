// The runner of programs, tried on a shell in the place of cachetool.

#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "support/catch.hpp"
#include "support/program.hpp"
#include "support/test_state.hpp"

using namespace cachetool::test;

namespace {

/// For the time of one test, the program is the shell.
struct shell {
  shell() { setenv("CACHETOOL_PROGRAM", "/bin/sh", 1); }
  shell(shell const&) = delete;
  shell& operator=(shell const&) = delete;
  ~shell() { unsetenv("CACHETOOL_PROGRAM"); }
};

program_result run_script(std::string const& script, program_options const& options = {}) {
  return run_program({"-c", script}, options);
}

}  // namespace

TEST_CASE_METHOD(shell, "a program's output, errors and exit code are told apart") {
  auto const result = run_script("echo out; echo err >&2; exit 7");
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK(result.exit_code == 7);
  CHECK(result.signal == 0);
}

TEST_CASE_METHOD(shell, "output larger than a pipe is read whole from both streams") {
  auto const result = run_script("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2");
  CHECK(result.out.size() == 300000);
  CHECK(result.err.size() == 300000);
}

TEST_CASE_METHOD(shell, "a program sees the environment and the directory that it is given, and no other") {
  setenv("CACHETOOL_TEST_LEAK", "1", 1);
  program_options options;
  options.environment["GIVEN"] = "yes";
  options.directory = "/usr";
  auto const result = run_script("echo $GIVEN $PWD ${CACHETOOL_TEST_LEAK-unset}", options);
  unsetenv("CACHETOOL_TEST_LEAK");
  CHECK(result.out == "yes /usr unset\n");
}

TEST_CASE_METHOD(shell, "a program that takes too long is killed") {
  program_options options;
  options.timeout = std::chrono::milliseconds{20};
  auto const result = run_script("exec sleep 20", options);
  CHECK(result.timed_out);
  CHECK(result.signal == SIGKILL);
}

TEST_CASE_METHOD(shell, "a program may be sent a signal in the middle") {
  program running{{"-c", "trap 'echo caught; exit 3' TERM; kill -STOP $$; echo not reached"}};
  siginfo_t stopped{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(running.pid()), &stopped, WSTOPPED | WNOWAIT) == 0);
  running.signal(SIGTERM);
  running.signal(SIGCONT);
  auto const result = running.finish();
  CHECK(result.out == "caught\n");
  CHECK(result.exit_code == 3);
}

TEST_CASE_METHOD(shell, "root may run a program as another user") {
  if (geteuid() != 0) return skip("needs root");
  program_options options;
  options.user = getpwnam("nobody")->pw_uid;
  auto const result = run_script("id -un; id -Gn | wc -w", options);
  CHECK(result.out == "nobody\n1\n");
}
