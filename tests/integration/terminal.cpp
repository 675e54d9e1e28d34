#include "terminal.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include "support/program.hpp"

namespace cachetool::test {
namespace {

constexpr char const* tmux_program = "/usr/bin/tmux";

}  // namespace

std::optional<std::string> terminal::missing() {
  if (std::filesystem::exists(tmux_program)) return std::nullopt;
  return "tmux is not installed (Debian: tmux)";
}

std::string terminal::tmux(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"-S", directory_ / "socket", "-f", "/dev/null"});
  program_options options;
  options.path = tmux_program;
  options.environment = {{"LANG", "C.UTF-8"}, {"TERM", "xterm"}};
  return run_program(arguments, options).out;
}

terminal::terminal(std::string const& command) {
  tmux({"new-session", "-d", "-x", "100", "-y", "24", "timeout --foreground 100 sh -c '" + command + "'"});
}

terminal::~terminal() {
  tmux({"kill-server"});
}

std::string terminal::screen() {
  return tmux({"capture-pane", "-p"});
}

std::string terminal::screen_with(std::string const& text) {
  std::string shown;
  for (int tries = 0; tries < 200; ++tries) {
    shown = screen();
    if (shown.find(text) != std::string::npos) break;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return shown;
}

void terminal::press(std::string const& key) {
  tmux({"send-keys", key});
}

void terminal::resize(int width, int height) {
  tmux({"resize-window", "-x", std::to_string(width), "-y", std::to_string(height)});
}

}  // namespace cachetool::test
