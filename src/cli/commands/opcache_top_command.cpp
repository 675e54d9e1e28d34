#include "cli/commands/opcache_top_command.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "cli/commands/opcache_top_sampler.hpp"
#include "cli/output/live_terminal.hpp"
#include "cli/output/log.hpp"
#include "cli/targets/targets.hpp"

namespace cachetool::cli {
namespace {

using std::chrono::milliseconds;

std::string clock_now() {
  std::time_t const now = std::time(nullptr);
  std::tm parts{};
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%H:%M:%S", localtime_r(&now, &parts));
  return text.data();
}

/// What the keys have chosen.
class chosen_screen {
 public:
  explicit chosen_screen(sampler& samples) : samples_(samples) { place_.masters = samples.masters(); }

  /// False if it was the key for the end.
  bool press(char key) {
    if (key == 'q') return false;
    if (key == '?') place_.help = !place_.help;
    if (key == '\t') place_.master = (place_.master + 1) % place_.masters;
    if (key >= '1' && key <= '9') {
      place_.master = std::min(static_cast<std::size_t>(key - '1'), place_.masters - 1);
    }
    for (auto const& [letter, view] : views) {
      if (key == letter) view_ = view;
    }
    if (key != 0 && key != '?') place_.help = false;
    samples_.look_at(place_.master, view_);
    return true;
  }

  void draw(live_terminal& on) {
    place_.clock = clock_now();
    auto const size = on.measure();
    on.draw(report::top_screen(samples_.latest(), place_, size.width, size.height));
  }

 private:
  static constexpr std::array<std::pair<char, top_view>, 4> views{
      {{'w', top_view::workers}, {'h', top_view::hits}, {'m', top_view::memory}, {'g', top_view::growth}}};
  sampler& samples_;
  report::top_place place_;
  top_view view_ = top_view::workers;
};

// Until the key for the end, a signal, or the end of the terminal.
void show(live_terminal& on, sampler& samples, signal_watch const& signals) {
  chosen_screen screen(samples);
  while (true) {
    screen.draw(on);
    std::array<pollfd, 3> watched{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{samples.sampled().fd(), POLLIN, 0},
                                  pollfd{signals.fd(), POLLIN, 0}};
    poll(watched.data(), watched.size(), -1);  // a terminal that was resized interrupts it
    if (watched[2].revents != 0) throw error(error_kind::interrupted, "interrupted");
    if (watched[1].revents != 0) samples.sampled().clear();
    if ((watched[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) return;
    for (char key = on.key(); key != '\0'; key = on.key()) {
      if (!screen.press(key)) return;
    }
  }
}

// On the terminal it would stand in the screen.
std::unique_ptr<agent::observer> log_beside_screen(context& with) {
  if (isatty(STDERR_FILENO) == 1) return std::make_unique<agent::observer>();
  return make_log(verbosity(with.given, with.env), with.out);
}

exit_code watch_all(context& with, signal_watch const& signals) {
  constexpr milliseconds least{10};
  event const stop;
  auto const log = log_beside_screen(with);
  auto targets = find_targets(with, target_scope::master, stop.fd());
  live_terminal screen;
  sampler samples(std::move(targets), std::max(with.given.seconds("interval").value_or(milliseconds{2000}), least),
                  stop, *log);
  show(screen, samples, signals);
  return exit_code::done;
}

}  // namespace

exit_code opcache_top(context& with) {
  if (auto const why = live_terminal::missing()) {
    throw error(error_kind::usage, "there is no screen to draw on: " + *why)
        .advise("cachetool opcache:status --watch shows figures again and again, on any terminal and into a pipe");
  }
  with.out.flush();
  return while_watched(with, [&](signal_watch const& signals) { return watch_all(with, signals); });
}

}  // namespace cachetool::cli
