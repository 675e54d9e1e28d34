// For tests that need php-fpm: 77 tells ctest that they were skipped.
#include <cstdio>

#include "support/php_fpm.hpp"
#include "support/test_state.hpp"

int main(int argc, char* argv[]) {
  auto const reason = cachetool::test::php_fpm::missing();
  if (!reason) return cachetool::test::run_tests(argc, argv);
  std::printf("skipped: %s\n", reason->c_str());
  return cachetool::test::skip_is_failure() ? 1 : 77;
}
