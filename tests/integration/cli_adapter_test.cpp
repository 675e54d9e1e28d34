// The program with php on the command line, and the stub that php runs.

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/php_build.hpp"
#include "support/program.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;
using test::contains;
using test::program_result;

namespace {

/// A PATH on which "php" is the PHP that is being tested.
struct php_in_path {
  php_in_path() {
    auto const build = test::find_php(test::wanted_php());
    std::ofstream(directory / "php") << "#!/bin/sh\nexec '" << build->cli << "' -n \"$@\"\n";
    chmod((directory / "php").c_str(), 0755);
    options.environment["PATH"] = directory.path() + ":/usr/bin:/bin";
    if (!build->libraries.empty()) options.environment["LD_LIBRARY_PATH"] = build->libraries;
    options.directory = directory.path();
  }

  program_result run(std::vector<std::string> const& arguments) const { return test::run_program(arguments, options); }

  test::temp_dir directory;
  test::program_options options;
};

constexpr char const* warning = "warning: the caches of php on the command line are its own: no web request uses them";

}  // namespace

TEST_CASE_METHOD(php_in_path, "--cli runs php, and warns that no web request uses its caches") {
  auto const result = run({"opcache:status", "--cli"});
  CHECK(result.err.find(warning) == 0);
  CHECK(result.out.empty());
  CHECK((contains(result.err, "OPcache is off") || contains(result.err, "Zend OPcache is not loaded")));
  CHECK(result.exit_code == 1);
}

TEST_CASE_METHOD(php_in_path, "--cli without php is unreachable") {
  options.environment["PATH"] = "/nowhere";
  auto const result = run({"opcache:status", "--cli"});
  CHECK(contains(result.err, "there is no php in PATH"));
  CHECK(result.exit_code == 3);
}

TEST_CASE_METHOD(php_in_path, "--cli with a php that is none shows what that says") {
  std::filesystem::remove(directory / "php");
  std::filesystem::create_symlink("/bin/false", directory / "php");
  auto const result = run({"opcache:status", "--cli"});
  CHECK(contains(result.err, "php ended with code 1 without running the agent"));
  CHECK(result.exit_code == 5);
}
