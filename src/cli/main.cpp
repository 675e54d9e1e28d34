#include "cli/app.hpp"

int main(int argc, char* argv[]) {
  return cachetool::cli::run({argv + (argc > 0 ? 1 : 0), argv + argc});
}
