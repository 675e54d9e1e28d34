// What a call costs is counted, so that it does not creep up: instructions, system calls, page faults and memory are
// the same on a busy machine as on an idle one.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

struct cost {
  std::string command;
  long instructions;
  long system_calls;
  long page_faults;
  long peak_kib;
};

// What it is now as root, and a tenth more; the release is one static program, and the other build is not optimised.
constexpr bool is_release = CACHETOOL_IS_RELEASE != 0;
cost const budgets[] = {
    is_release ? cost{"opcache:reset", 680'000, 90, 150, 5000} : cost{"opcache:reset", 9'500'000, 150, 260, 8500},
    is_release ? cost{"opcache:status", 550'000, 85, 150, 5000} : cost{"opcache:status", 7'000'000, 142, 260, 8500}};

/// A tool that runs the program; nothing if it is not on this machine.
std::optional<std::string> find_tool(std::string const& name) {
  for (char const* const directory : {"/usr/bin/", "/usr/local/bin/", "/bin/"}) {
    if (access((directory + name).c_str(), X_OK) == 0) return directory + name;
  }
  return std::nullopt;
}

std::vector<std::string> run_by(std::vector<std::string> tool, php_fpm const& server, std::string const& command) {
  tool.insert(tool.end(), {built_program(), command, "--fcgi=" + server.endpoint().text()});
  return tool;
}

program_result run_tool(std::string const& path, std::vector<std::string> const& arguments) {
  program_options options;
  options.path = path;
  options.timeout = std::chrono::seconds{100};
  return run_program(arguments, options);
}

// Root's agent is kept from call to call; another user's is written for each.
long within(long budget) {
  return is_root() ? budget : budget * 8 / 5;
}

void warm_up(php_fpm const& server, std::string const& command) {
  CHECK(call(server, {command}).exit_code == 0);  // after it the agent's file is there
}

}  // namespace

TEST_CASE("a call executes no more instructions than its budget") {
  auto const valgrind = find_tool("valgrind");
  if (!valgrind) return skip("needs valgrind");
  php_fpm const server{one_pool()};
  for (cost const& each : budgets) {
    CAPTURE(each.command);
    warm_up(server, each.command);
    auto const result =
        run_tool(*valgrind, run_by({"--tool=callgrind", "--callgrind-out-file=/dev/null"}, server, each.command));
    std::smatch found;
    REQUIRE(std::regex_search(result.err, found, std::regex("Collected : ([0-9]+)")));
    CHECK(std::stol(found[1]) > 0);
    CHECK(std::stol(found[1]) <= within(each.instructions));
  }
}

TEST_CASE("a call makes no more system calls than its budget") {
  auto const strace = find_tool("strace");
  if (!strace) return skip("needs strace");
  php_fpm const server{one_pool()};
  temp_dir const directory;
  std::string const trace = directory / "trace";
  for (cost const& each : budgets) {
    CAPTURE(each.command);
    warm_up(server, each.command);
    auto const result =
        run_tool(*strace, run_by({"-f", "-qq", "-e", "signal=none", "-o", trace}, server, each.command));
    REQUIRE(result.exit_code == 0);
    std::ifstream lines(trace);
    long count = 0;
    for (std::string line; std::getline(lines, line);) count += contains(line, "resumed>") ? 0 : 1;
    CHECK(count > 0);
    CHECK(count <= within(each.system_calls));
  }
}

TEST_CASE("a call touches no more pages and memory than its budget") {
  php_fpm const server{one_pool()};
  for (cost const& each : budgets) {
    CAPTURE(each.command);
    warm_up(server, each.command);
    auto const result = run_tool(CACHETOOL_LAUNCHER, run_by({"3", "--"}, server, each.command));
    REQUIRE(result.exit_code == 0);
    std::istringstream line(result.out);
    long median = 0;
    long fastest = 0;
    long slowest = 0;
    long peak = 0;
    long failed = 1;
    long faults = 0;
    REQUIRE(line >> median >> fastest >> slowest >> peak >> failed >> faults);
    CHECK(failed == 0);
    CHECK(peak <= each.peak_kib);
    CHECK(faults <= within(each.page_faults));
  }
}

TEST_CASE("each place of a config file is looked at once") {
  auto const strace = find_tool("strace");
  if (!strace) return skip("needs strace");
  temp_dir const directory;
  std::string const trace = directory / "trace";
  run_tool(*strace, {"-f", "-qq", "-e", "trace=file", "-o", trace, built_program(), "opcache:status",
                     "--fcgi=/tmp/cachetool-test-no-such.sock", "--retries=0"});
  std::ifstream lines(trace);
  std::vector<std::string> looks;
  std::regex const name("\"([^\"]*cachetool\\.ya?ml)\"");
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_search(line, found, name)) looks.push_back(found[1]);
  }
  CHECK(looks.size() >= 4);
  std::sort(looks.begin(), looks.end());
  CHECK(std::adjacent_find(looks.begin(), looks.end()) == looks.end());
}
