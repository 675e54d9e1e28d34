#include "base/random_hex.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <set>

#include <cachetool/error.hpp>

#include "support/catch.hpp"

using namespace cachetool;

namespace {

// From here on the kernel gives this process no random numbers.
bool forbid_getrandom() {
  std::array<sock_filter, 4> filter{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),  // the call's number
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  sock_fprog const program{static_cast<unsigned short>(filter.size()), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// 0: an error of the program's own; 1: none, or another; 2: it cannot be tried here.
int try_without_random_numbers() {
  if (!forbid_getrandom()) return 2;
  try {
    base::random_hex();
  } catch (error const& failed) {
    bool const told = failed.message() == "the system gives this program no random numbers" && !failed.hint().empty();
    return failed.kind() == error_kind::no_resources && told ? 0 : 1;
  } catch (...) {
    return 1;
  }
  return 1;
}

}  // namespace

TEST_CASE("random hex digits are 32, and never the same") {
  std::set<std::string> drawn;
  for (int i = 0; i < 100; ++i) drawn.insert(base::random_hex());
  CHECK(drawn.size() == 100);
  CHECK(drawn.begin()->find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(drawn.begin()->size() == 32);
}

TEST_CASE("a system that gives no random numbers is told of in a sentence") {
  pid_t const child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(try_without_random_numbers());
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 2) {
    WARN("skipped: seccomp is not to be had here");
    return;
  }
  CHECK(WEXITSTATUS(status) == 0);
}
