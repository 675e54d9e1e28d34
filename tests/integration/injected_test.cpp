// Each system call of some kinds, failed once: whatever is said, and whatever it ends with, is true.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

namespace fs = std::filesystem;

constexpr char const* strace = "/usr/bin/strace";

bool can_inject() {
  return access(strace, X_OK) == 0;
}

/// The program, of which the N-th CALL fails with ERROR.
program_result run_failing(std::string const& call, std::string const& error, int n,
                           std::vector<std::string> const& arguments) {
  program_options options;
  options.path = strace;
  options.timeout = std::chrono::seconds{60};
  std::vector<std::string> all{
      "-f",           "-qq",           "-o", "/dev/null",
      "-e",           "trace=" + call, "-e", "inject=" + call + ":error=" + error + ":when=" + std::to_string(n),
      built_program()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run_program(all, options);
}

void check_told(site const& pages, std::string const& wanted, program_result const& result) {
  INFO(result.out << result.err);
  bool const moved = fs::read_symlink(pages.current()) == pages.release(wanted);
  CHECK_FALSE(result.timed_out);
  if (result.exit_code == 0) {
    CHECK(moved);
    CHECK(contains(result.out, pages.release(wanted) + " is served"));
  } else {
    CHECK(contains(result.err, "error: "));
    CHECK(contains(result.err, " already") == moved);
  }
}

}  // namespace

TEST_CASE("a switch of which one system call fails says where the link leads, whatever becomes of it") {
  if (!can_inject()) return skip("needs strace");
  auto const call = GENERATE(as<std::string>{}, "connect", "getrandom", "renameat2", "symlinkat");
  CAPTURE(call);
  php_fpm const server{options_for(2)};
  site const pages;
  visits(server, pages, 4);
  std::string live = "1";
  int const most = call == "connect" ? 16 : call == "getrandom" ? 40 : 3;
  for (int n = 1; n <= most; n += most > 16 ? 3 : 1) {
    CAPTURE(n);
    std::string const wanted = live == "1" ? "2" : "1";
    auto const result = run_failing(call, "EACCES", n,
                                    arguments_for(server, {"deploy:switch", pages.current(), pages.release(wanted)}));
    check_told(pages, wanted, result);
    if (fs::read_symlink(pages.current()) == pages.release(wanted)) live = wanted;
    finish(server, pages);
  }
}

TEST_CASE("a read that fails makes no worker disappear from what stat:clear says") {
  if (!can_inject()) return skip("needs strace");
  auto const call = GENERATE(as<std::string>{}, "openat", "read", "getsockopt", "readlinkat", "newfstatat", "poll");
  CAPTURE(call);
  php_fpm const server{options_for(2)};
  for (int n = 1; n <= 24; ++n) {
    CAPTURE(n);
    auto const result = run_failing(call, "EIO", n, arguments_for(server, {"stat:clear"}));
    INFO(result.out << result.err);
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code < 128);  // nobody sent a signal
    bool const is_done = contains(result.out, "cleared in 2/2 workers");
    CHECK(((result.exit_code == 0) == is_done || result.signal != 0));
  }
}
