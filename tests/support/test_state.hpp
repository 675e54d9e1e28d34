#pragma once

#include <string>

namespace cachetool::test {

/// Runs the tests that the command line names, and returns the exit code of the program.
int run_tests(int argc, char* argv[]);

/// True if the running test has failed: an assertion did not hold, or an exception is on its way out.
bool test_has_failed() noexcept;

/// True if a test that cannot be run here shall count as failed (CACHETOOL_SKIP_IS_FAILURE=1).
bool skip_is_failure();

/// Says that the running test cannot be run here and why; `return skip("needs root");`
void skip(std::string const& reason);

/// The same for a test that makes no sense with the PHP that is wanted; never a failure.
void does_not_apply(std::string const& reason);

}  // namespace cachetool::test
