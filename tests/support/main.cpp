#include "support/test_state.hpp"

int main(int argc, char* argv[]) {
  return cachetool::test::run_tests(argc, argv);
}
