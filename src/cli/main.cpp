#include <fcntl.h>
#include <unistd.h>

#include "cli/app.hpp"

namespace {

// If a standard stream is closed, the next descriptor would take its place: a socket, or the agent's file. So each
// closed one is replaced. Writing to the replacement fails as writing to the closed one would.
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
