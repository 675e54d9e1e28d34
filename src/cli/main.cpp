#include <fcntl.h>
#include <unistd.h>

#include "cli/app.hpp"

namespace {

// A standard stream that is closed would be the next descriptor that is opened: a socket, or the agent's file. Written
// to, a stream in its place gives the error that the closed one would give.
void hold_standard_streams() {
  while (true) {
    int const fd = open("/dev/null", O_RDONLY);
    if (fd < 0) return;
    if (fd > STDERR_FILENO) {
      close(fd);
      return;
    }
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  hold_standard_streams();
  return cachetool::cli::run({argv + (argc > 0 ? 1 : 0), argv + argc});
}
