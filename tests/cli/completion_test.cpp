// Completion as a user has it: in the real shells, in a terminal of tmux's, with the script that `completion` prints.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/catch.hpp"
#include "support/php_build.hpp"
#include "support/program.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool::test;
using namespace std::chrono_literals;

namespace {

std::string path_of(std::string const& program) {
  for (char const* directory : {"/usr/bin/", "/bin/", "/usr/local/bin/"}) {
    if (std::filesystem::exists(directory + program)) return directory + program;
  }
  return {};
}

/// A shell with completion, in a terminal of 100 columns. Its directory holds srv/current/ and notes.txt.
class terminal {
 public:
  explicit terminal(std::string const& shell) {
    std::filesystem::create_directories(files_ / "srv/current");
    std::ofstream(files_ / "notes.txt") << "\n";
    std::filesystem::create_directories(files_ / "bin");
    std::filesystem::create_symlink(built_program(), files_ / "bin/cachetool");
    auto const script = run_program({"completion", shell});
    std::ofstream(files_ / "script") << script.out;
    std::map<std::string, std::string> const environment{{"HOME", files_.path()},
                                                         {"TERM", "xterm"},
                                                         {"LANG", "C.UTF-8"},
                                                         {"PS1", "> "},
                                                         {"PATH", (files_ / "bin") + ":/usr/bin:/bin"}};
    options_.path = path_of("tmux");
    options_.environment = environment;
    options_.directory = files_.path();
    tmux({"-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "40", started(shell)});
    wait_until([](std::string const& screen) { return screen.starts_with(">"); });
  }
  ~terminal() { tmux({"kill-server"}); }
  terminal(terminal const&) = delete;
  terminal& operator=(terminal const&) = delete;

  /// Types the text and a tab at a new prompt, and returns the screen once PART stands there, or after ten seconds.
  std::string after_tab(std::string const& text, std::string const& part) {
    tmux({"send-keys", "C-c"});
    tmux({"send-keys", "-l", "clear"});
    tmux({"send-keys", "Enter"});
    wait_until(
        [](std::string const& screen) { return screen.starts_with(">") && screen.find('c') == std::string::npos; });
    tmux({"send-keys", "-l", text});
    wait_until([&text](std::string const& screen) { return screen.find(text) != std::string::npos; });
    tmux({"send-keys", "Tab"});
    return wait_until([&part](std::string const& screen) { return screen.find(part) != std::string::npos; });
  }

 private:
  std::string started(std::string const& shell) const {
    std::string const script = files_ / "script";
    if (shell == "bash") {
      std::ofstream(files_ / "rc") << "PS1='> '\nbind 'set enable-bracketed-paste off'\nsource " << script << "\n";
      return path_of("bash") + " --noprofile --rcfile " + (files_ / "rc");
    }
    if (shell == "fish")
      return path_of("fish") + " -N -C 'function fish_prompt; echo -n \"> \"; end; source " + script + "'";
    std::ofstream(files_ / ".zshrc") << "PS1='> '\nautoload -Uz compinit && compinit -u\nsource " << script << "\n";
    return path_of("zsh");
  }

  template <typename Condition>
  std::string wait_until(Condition const& holds) {
    std::string screen;
    for (int i = 0; i < 200; ++i) {
      screen = tmux({"capture-pane", "-p"});
      if (holds(screen)) break;
      std::this_thread::sleep_for(50ms);
    }
    return screen;
  }

  std::string tmux(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-S", files_ / "tmux"});
    return run_program(arguments, options_).out;
  }

  temp_dir files_;
  program_options options_;
};

void check_shell(std::string const& shell) {
  if (path_of("tmux").empty() || path_of(shell).empty()) return skip("needs tmux and " + shell);
  terminal screen(shell);
  auto const shows = [&screen](std::string const& typed, std::string const& part) {
    INFO(typed);
    std::string const shown = screen.after_tab(typed, part);
    INFO(shown);
    CHECK(shown.find(part) != std::string::npos);
  };
  shows("cachetool opcache:conf", "cachetool opcache:configuration");
  shows("cachetool help apcu:sm", "cachetool help apcu:sma:info");
  shows("cachetool o:prun", shell == "bash" ? "cachetool o:prune" : "cachetool opcache:prune");
  shows("cachetool opcache:status --format=j", "--format=json");
  shows("cachetool --pool www opcache:conf", "cachetool --pool www opcache:configuration");
  shows("cachetool opcache:prune --keep=srv/cur", "--keep=srv/current");
  shows("cachetool --fcgi=not", "--fcgi=notes.txt");
  shows("cachetool completion z", "completion zsh");
  shows("cachetool opcache:prune --kee", "--keep=");
}

}  // namespace

TEST_CASE("bash completes commands, options, choices and files", "[offline]") {
  check_shell("bash");
}

TEST_CASE("zsh completes commands, options, choices and files", "[offline]") {
  check_shell("zsh");
}

TEST_CASE("fish completes commands, options, choices and files", "[offline]") {
  check_shell("fish");
}
