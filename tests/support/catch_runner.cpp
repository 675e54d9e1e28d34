// Catch2 2 has its implementation in the header: this is the one file that compiles it.
#define CATCH_CONFIG_RUNNER
#include <cstdlib>
#include <exception>

#include "support/catch.hpp"
#include "support/test_state.hpp"

namespace {

bool failed_assertion = false;

#if CATCH_VERSION_MAJOR >= 3
using listener_base = Catch::EventListenerBase;
using assertion_result = void;
#else
using listener_base = Catch::TestEventListenerBase;
using assertion_result = bool;
#endif

class failure_listener : public listener_base {
 public:
  using listener_base::listener_base;

  void testCaseStarting(Catch::TestCaseInfo const&) override { failed_assertion = false; }

  assertion_result assertionEnded(Catch::AssertionStats const& stats) override {
    if (!stats.assertionResult.isOk()) failed_assertion = true;
    return assertion_result(true);
  }
};

CATCH_REGISTER_LISTENER(failure_listener)

}  // namespace

namespace cachetool::test {

int run_tests(int argc, char* argv[]) {
  return Catch::Session().run(argc, argv);
}

bool test_has_failed() noexcept {
  return failed_assertion || std::uncaught_exceptions() > 0;
}

bool skip_is_failure() {
  char const* value = std::getenv("CACHETOOL_SKIP_IS_FAILURE");
  return value != nullptr && std::string{value} == "1";
}

void skip(std::string const& reason) {
  if (skip_is_failure()) FAIL("skipped: " << reason);
  WARN("skipped: " << reason);
}

void does_not_apply(std::string const& reason) {
  SUCCEED(reason);
}

}  // namespace cachetool::test
