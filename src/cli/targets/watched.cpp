#include "cli/targets/watched.hpp"

#include <cachetool/error.hpp>

#include "adapter/adapter.hpp"
#include "cli/targets/targets.hpp"

namespace cachetool::cli {
namespace {

exit_code wait(context& with, std::chrono::milliseconds pause) {
  return while_watched(with, [&](signal_watch const& signals) {
    adapter::pause(pause, signals.fd());
    return exit_code::done;
  });
}

}  // namespace

exit_code repeat(context& with, exit_code (*once)(context&)) {
  if (with.given.given("deadline")) {
    throw error(error_kind::usage, "--watch goes on until it is interrupted, and takes no --deadline")
        .advise("leave out one of them; --timeout bounds each answer");
  }
  auto const pause = with.given.seconds("watch").value_or(std::chrono::seconds{2});
  for (;;) {
    exit_code const code = once(with);
    with.out.flush();
    if (code > exit_code::interrupted_by || with.out.nobody_reads()) return code;
    exit_code const ended = wait(with, pause);
    if (ended != exit_code::done) return ended;
  }
}

}  // namespace cachetool::cli
