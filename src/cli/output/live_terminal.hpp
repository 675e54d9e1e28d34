#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "report/top_screen.hpp"

namespace cachetool::cli {

/// The terminal as a screen that is drawn again and again, by ncurses. While it lives, standard output is its own. It
/// leaves the terminal as it was.
class live_terminal {
 public:
  /// Why there can be none: standard input or output is no terminal, or one that cannot move its cursor. Nothing if
  /// there can.
  static std::optional<std::string> missing();

  /// Throws error (usage) if the terminal is not known.
  live_terminal();
  ~live_terminal();
  live_terminal(live_terminal const&) = delete;
  live_terminal& operator=(live_terminal const&) = delete;

  struct size {
    std::size_t width;
    std::size_t height;
  };

  /// How large it is now.
  size measure();

  void draw(std::vector<report::styled_line> const& picture);

  /// A key that was pressed, as a byte; 0 for none, or one that is no byte.
  char key();

 private:
  struct screen;
  std::unique_ptr<screen> screen_;
};

}  // namespace cachetool::cli
